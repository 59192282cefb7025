/** The pty host without a process around it: the pipe spawner, a slow disk, hostile output. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { TaskId, ViewerId } from '../../preload/contract/index.ts';
import { loadPtySpawner } from './process/spawn-pty.ts';
import { openHost, type TestHost, type TestHostOptions } from './testing/host.fixture.ts';

const opened: TestHost[] = [];

afterEach(async () => {
  for (const host of opened.splice(0)) await host.close();
});

function open(options: TestHostOptions): TestHost {
  const host = openHost(options);
  opened.push(host);
  return host;
}

test('without a terminal the same task runs on pipes, with a notice', async () => {
  const host = open({ why: 'node-pty could not be loaded (gone)' });
  const id = host.spawn('echo out; echo err >&2; exit 3');
  expect(await host.ended(id)).toMatchObject({ end: { exitCode: 3 }, outputBytes: 8, droppedBytes: 0 });
  expect(host.updates[0]).toMatchObject({
    kind: 'started',
    backend: 'pipe',
    notice: { code: 'no_terminal', reason: 'node-pty could not be loaded (gone)' },
  });
  expect(host.text(id).split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

test('a spawn that throws falls back to pipes', async () => {
  const host = open({
    spawnPty: () => {
      throw new Error('forkpty(3) failed');
    },
  });
  const id = host.spawn('echo works');
  expect(await host.ended(id)).toMatchObject({ end: { exitCode: 0 }, lastLine: 'works' });
  expect(host.updates[0]).toMatchObject({ backend: 'pipe', notice: { code: 'no_terminal', reason: 'forkpty(3) failed' } });
});

test('BT-10: a command on pipes reports the number of the signal that ended it', async () => {
  const host = open({});
  expect((await host.ended(host.spawn('kill -SEGV $$'))).end).toEqual({ signal: 11 });
});

test("BT-4: stdout and stderr do not split each other's characters, and a trailing partial character appears at the end", async () => {
  const host = open({});
  const id = host.spawn("printf '\\xe2\\x82'; sleep 0.05; printf 'E' >&2; sleep 0.05; printf '\\xac'; sleep 0.05; printf '\\xf0\\x9f' >&2");
  await host.ended(id);
  expect(host.text(id)).toBe('E€\uFFFD');
  expect([...host.raw(id)].toSorted((a, b) => a - b)).toEqual(
    [...Buffer.from([0xe2, 0x82, 0x45, 0xac, 0xf0, 0x9f])].toSorted((a, b) => a - b),
  );
});

test('BT-4: a child with a GBK locale decodes as GBK, an unknown label as UTF-8', async () => {
  const host = open({});
  const gbk = host.spawn("printf '\\xc4\\xe3'; sleep 0.05; printf '\\xba'; sleep 0.05; printf '\\xc3\\n'", { LANG: 'zh_CN.GBK' });
  expect((await host.ended(gbk)).text.head).toBe('你好\n');
  expect([...host.raw(gbk)]).toEqual([0xc4, 0xe3, 0xba, 0xc3, 0x0a]);
  const unknown = host.spawn("printf '€\\n'", { LANG: 'xx_YY.NOSUCH' });
  expect((await host.ended(unknown)).text.head).toBe('€\n');
});

test('BT-5: on pipes late bytes of a grandchild are kept, and a grandchild that holds the pipes open does not delay the end', async () => {
  const host = open({});
  const late = host.spawn('(sleep 0.15; echo late) & echo early');
  expect((await host.ended(late)).text.head).toBe('early\nlate\n');
  const endless = host.spawn('sleep 60 & echo started');
  expect((await host.ended(endless)).end).toEqual({ exitCode: 0 });
});

test('a command whose program cannot be executed reports one failed end', async () => {
  const host = open({});
  const id = TaskId.parse('bg_deadbeef');
  const base = join(host.folder, 'x');
  host.core.handle({
    t: 'spawn',
    request: {
      taskId: id,
      shell: '/no/such/shell',
      args: [],
      cwd: host.folder,
      env: {},
      rawPath: `${base}.raw`,
      textPath: `${base}.output`,
      screenPath: `${base}.screen`,
      cols: 80,
      rows: 24,
    },
  });
  expect((await host.ended(id)).end.error).toContain('ENOENT');
  expect(host.updates.length).toBe(1);
});

test('BT-9: there is one end, whatever requests arrive at the same time', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const id = host.spawn('exit 0');
  for (let i = 0; i < 5; i++) host.core.handle({ t: 'stop', taskId: id, force: i % 2 === 1 });
  await host.ended(id);
  host.core.handle({ t: 'stop', taskId: id, force: true });
  host.core.handle({ t: 'write', taskId: id, data: 'x' });
  await host.core.close();
  expect(host.updates.filter((update) => update.kind === 'ended').length).toBe(1);
  expect(host.groups.length).toBe(2);
});

test('beyond the cap of the raw log the command keeps running, the bytes are counted, and a viewer still sees the end', async () => {
  const host = open({ spawnPty: await loadPtySpawner(), limits: { capBytes: 10_000 } });
  const id = host.spawn('seq 1 20000; read line');
  await expect.poll(() => host.updates.findLast((update) => update.kind === 'progress')?.outputBytes).toBe(128_894);
  host.core.handle({ t: 'attach', view: { viewerId: ViewerId.parse(1), taskId: id, cols: 80, rows: 24, focused: false } });
  await expect.poll(() => host.frames.length).toBeGreaterThan(0);
  expect(Buffer.from(host.frames[0]?.bytes ?? []).toString()).toContain('20000');
  host.core.handle({ t: 'write', taskId: id, data: '\n' });
  const end = await host.ended(id);
  expect(end.droppedBytes).toBe(end.outputBytes - 10_000);
  expect(host.raw(id).toString()).toContain('[gantry: output beyond 10 KiB is not kept]');
  expect(host.updates.findLast((update) => update.kind === 'progress')?.notice?.code).toBe('losing_output');
});

test('BT-7: a full disk costs the file, not the command', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const id = TaskId.parse('bg_0000d15c');
  host.core.handle({
    t: 'spawn',
    request: {
      taskId: id,
      shell: '/bin/bash',
      args: ['-c', 'seq 1 5000; exit 2'],
      cwd: host.folder,
      env: {},
      rawPath: '/dev/full',
      textPath: '/dev/full',
      screenPath: join(host.folder, 's'),
      cols: 80,
      rows: 24,
    },
  });
  const end = await host.ended(id);
  expect(end.end).toEqual({ exitCode: 2 });
  expect(end.droppedBytes).toBe(end.outputBytes);
  expect(end.text.head).toContain('1\n2\n3\n');
  expect(end.lastLine).toBe('5000');
});

test('BT-30: 30 MB without a newline, and random bytes, end normally', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const line = host.spawn("head -c 30000000 /dev/zero | tr '\\0' x");
  const noise = host.spawn('head -c 3000000 /dev/urandom');
  host.core.handle({ t: 'attach', view: { viewerId: ViewerId.parse(2), taskId: noise, cols: 80, rows: 24, focused: true } });
  expect(await host.ended(line)).toMatchObject({ end: { exitCode: 0 }, outputBytes: 30_000_000, droppedBytes: 0 });
  expect((await host.ended(noise)).end).toEqual({ exitCode: 0 });
  expect(host.text(line).length).toBe(30_000_000);
});

test('a viewer of a forgotten task still gets its pending last screen', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const id = host.spawn('read line; seq 1 200000');
  const viewerId = ViewerId.parse(3);
  host.core.handle({ t: 'attach', view: { viewerId, taskId: id, cols: 80, rows: 24, focused: false } });
  await expect.poll(() => host.frames.some((frame) => frame.kind === 'replay')).toBe(true);
  host.core.handle({ t: 'write', taskId: id, data: '\n' });
  await host.ended(id);
  host.core.handle({ t: 'forget', taskId: id, deleteFiles: true });
  const sent = () => host.frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  const acknowledge = () => host.core.handle({ t: 'ack', viewerId, parsedBytes: sent() });
  await expect
    .poll(() => {
      acknowledge(); // as a viewer acknowledges all it has parsed
      return Buffer.concat(host.frames.map(({ bytes }) => bytes)).includes('200000');
    })
    .toBe(true);
  await expect
    .poll(() => {
      acknowledge(); // a preview may have arrived before the whole screen
      return readdirSync(host.folder);
    })
    .toEqual([]);
});

test('closing waits until the files of a forgotten task are deleted', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const id = host.spawn('read line; seq 1 200000');
  host.core.handle({ t: 'attach', view: { viewerId: ViewerId.parse(5), taskId: id, cols: 80, rows: 24, focused: false } });
  await expect.poll(() => host.frames.some((frame) => frame.kind === 'replay')).toBe(true);
  host.core.handle({ t: 'write', taskId: id, data: '\n' });
  await host.ended(id);
  host.core.handle({ t: 'forget', taskId: id, deleteFiles: true }); // lingers: the viewer has not seen the last screen
  await host.core.close();
  expect(readdirSync(host.folder)).toEqual([]);
});

test('a viewer that returns after a forgotten task has left memory still sees its end', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  const id = host.spawn('read line; seq 1 200000');
  const viewerId = ViewerId.parse(4);
  host.core.handle({ t: 'attach', view: { viewerId, taskId: id, cols: 80, rows: 24, focused: false } });
  await expect.poll(() => host.frames.some((frame) => frame.kind === 'replay')).toBe(true);
  host.core.handle({ t: 'write', taskId: id, data: '\n' });
  await host.ended(id);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  host.core.handle({ t: 'forget', taskId: id, deleteFiles: false });
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  const before = host.frames.length;
  const shown = () => Buffer.concat(host.frames.slice(before).map(({ bytes }) => bytes)).toString();
  const ack = () => host.core.handle({ t: 'ack', viewerId, parsedBytes: host.frames.reduce((sum, frame) => sum + frame.bytes.length, 0) });
  ack();
  await expect.poll(shown).toContain('200000');
  const replays = host.frames.length;
  ack();
  host.core.handle({ t: 'detach', viewerId });
  expect(host.frames).toHaveLength(replays);
});
