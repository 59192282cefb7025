/** Cases of the background tasks at the pty host itself: pipes without a terminal, and a command that cannot be registered. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { FromPtyHost } from '../protocol.ts';
import { openHost, type TestHost, type TestHostOptions } from '../testing/host.fixture.ts';
import { isGroupAlive } from './process-group.ts';
import { loadPtySpawner } from './spawn-pty.ts';

const opened: TestHost[] = [];

afterEach(async () => {
  for (const host of opened.splice(0)) await host.close();
});

function open(options: TestHostOptions = {}): TestHost {
  const host = openHost(options);
  opened.push(host);
  return host;
}

/** Every byte in a write of its own, so that each chunk the reader gets may end anywhere. */
const byteByByte = (bytes: Uint8Array, to = '') =>
  [...bytes].map((byte) => `printf '\\x${byte.toString(16).padStart(2, '0')}' ${to}; sleep 0.002`).join('; ');

test.each([
  ['GBK', 'zh_CN.GBK', Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xd6, 0xd0, 0x0a]), '你好中\n'],
  ['Latin-1', 'de_DE.ISO-8859-1', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65, 0x0a]), 'Grüße\n'],
  ['UTF-8', 'en_US.UTF-8', Buffer.from('né 👩‍🚀 e\u0301\n'), 'né 👩‍🚀 e\u0301\n'],
])('BT-4: %s on pipes is decoded in the file and in the digest, cut at every byte', async (_name, locale, bytes, expected) => {
  const host = open();
  const id = host.spawn(byteByByte(bytes), { LANG: locale });
  expect((await host.ended(id)).text.head).toBe(expected);
  expect(host.text(id)).toBe(expected);
  expect(host.raw(id).equals(bytes)).toBe(true);
});

test('BT-4: GBK on stdout and on stderr at once, each with a character that is cut by the other', async () => {
  const host = open();
  const id = host.spawn(
    "printf '\\xc4'; sleep 0.1; printf '\\xba\\xc3' >&2; sleep 0.1; printf '\\xe3'; sleep 0.1; printf '\\xd6' >&2; sleep 0.1; printf '\\xd0' >&2",
    { LANG: 'zh_CN.GBK' },
  );
  expect((await host.ended(id)).text.head).toBe('好你中');
});

test('BT-5: the end of a terminal follows its last byte, and a paused terminal loses nothing', async () => {
  const host = open({ spawnPty: await loadPtySpawner(), limits: { queueBytes: 64 * 1024 * 1024 } });
  const id = host.spawn('seq 1 300000; printf last');
  const end = await host.ended(id);
  expect(end).toMatchObject({ end: { exitCode: 0 }, outputBytes: 2_288_899, droppedBytes: 0 });
  expect(host.raw(id).toString('latin1').endsWith('300000\r\nlast')).toBe(true);
});

const STUBBORN = "trap '' TERM HUP; while :; do sleep 0.2; done";

for (const [what, refuses] of [
  ['as a group', (message: FromPtyHost) => message.t === 'group' && message.alive],
  ['as started', (message: FromPtyHost) => message.t === 'update' && message.update.kind === 'started'],
] as const) {
  for (const backend of ['pty', 'pipe'] as const) {
    test(`BT-19: a command on a ${backend} that cannot be registered ${what} is stopped, and its files are closed`, async () => {
      let pid = 0;
      const host = open({
        ...(backend === 'pty' ? { spawnPty: await loadPtySpawner() } : {}),
        onPost: (message) => {
          if (message.t === 'group' && message.alive) pid = message.pid;
          if (refuses(message)) throw new Error('the owner refused it');
        },
      });
      const id = host.spawn(STUBBORN);
      expect((await host.ended(id)).end).toEqual({ error: 'The command could not be started: the owner refused it' });
      expect(pid).toBeGreaterThan(1);
      await expect.poll(() => isGroupAlive(pid)).toBe(false);
      await host.core.close();
      expect(host.updates.filter((update) => update.kind === 'ended')).toHaveLength(1);
      expect(openFilesIn(host.folder)).toEqual([]);
    });
  }
}

test('BT-19: when both a terminal and pipes are refused, the command reports one failed end and has no process', async () => {
  const host = open();
  const id = host.spawn('true', {}, { shell: '/no/such/shell' });
  expect((await host.ended(id)).end.error).toContain('ENOENT');
  expect(host.groups).toEqual([]);
  expect(openFilesIn(host.folder)).toEqual([]);
});

function openFilesIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });
}

test('BT-16: a stop at the moment of the spawn is not lost, although the process has not created its group yet', async () => {
  const host = open({ spawnPty: await loadPtySpawner() });
  for (let i = 0; i < 30; i++) {
    const id = host.spawn(STUBBORN);
    host.core.handle({ t: 'stop', taskId: id, force: true });
    expect((await host.ended(id)).end).toEqual({ signal: 9 });
  }
});

test('BT-9: a terminal whose end is reported twice has one end', async () => {
  const spawnPty = await loadPtySpawner();
  const host = open({
    spawnPty: (request, events) =>
      spawnPty(request, {
        onData: events.onData,
        onEnd: (end) => {
          events.onEnd(end);
          events.onEnd({ exitCode: 99 });
          events.onData(Buffer.from('late'), 'out');
        },
      }),
  });
  const id = host.spawn('echo once');
  expect((await host.ended(id)).end).toEqual({ exitCode: 0 });
  await host.core.close();
  expect(host.updates.filter((update) => update.kind === 'ended')).toHaveLength(1);
  expect(readFileSync(`${host.folder}/shell-${id}.raw`, 'utf8')).toBe('once\r\n');
});
