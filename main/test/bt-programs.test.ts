/** Common programs, unmodified, on real terminals. A program that a machine lacks is skipped with the reason. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive, type LiveViewer, watch } from '../local/live-tasks.fixture.ts';
import { imagePull, LAYERS } from './support/image-pull.ts';
import { caughtUp, ended, gridFromBytes, gridFromFrames, missing, openLive, printed } from './support/live-waits.ts';

const HOME = process.env['HOME'] ?? '/';
const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

const SERVER = `
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
createServer((_request, response) => response.end('it works')).listen(0, '127.0.0.1', function () {
  console.log('pids', process.pid, helper.pid);
  console.log('\\n  \\u001b[32m➜\\u001b[39m  Local:   \\u001b[36mhttp://127.0.0.1:' + this.address().port + '/\\u001b[39m');
});
`;

const noNpm = missing('npm');
test.skipIf(noNpm !== undefined)(
  `npm run dev: the server keeps running, its address is offered, and stopping it ends its child too ${noNpm ?? ''}`,
  async () => {
    const live = openLive();
    const cwd = join(live.folder, 'site');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'site', scripts: { dev: 'node server.mjs' } }));
    writeFileSync(join(cwd, 'server.mjs'), SERVER);
    const env = { PATH, HOME: live.folder, npm_config_update_notifier: 'false', npm_config_offline: 'true' };
    const task = live.start('npm run dev', { cwd, env, placement: 'foreground', timeoutMs: 120_000 });
    await printed(live, task.id, 'Local:');
    await expect.poll(() => live.tasks.get(task.id)?.urls?.length).toBe(1);
    live.tasks.promote(task.id);
    expect((await task.outcome).kind).toBe('in_background');
    const [url = ''] = live.tasks.get(task.id)?.urls ?? [];
    expect(await (await fetch(url)).text()).toBe('it works');
    const pids = /pids (\d+) (\d+)/.exec(live.output(task.id))?.slice(1).map(Number) ?? [];
    expect(pids.filter(isAlive)).toHaveLength(2);
    live.tasks.stop(task.id, { force: false, by: 'user' });
    expect((await ended(live, task.id))?.status).toBe('cancelled');
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  },
);

const noGit = missing('git');
test.skipIf(noGit !== undefined)(`git log does not wait in a pager, whatever the user's settings are ${noGit ?? ''}`, async () => {
  const live = openLive();
  const git = (...args: string[]) => execFileSync('git', ['-C', live.folder, ...args], { stdio: 'ignore' });
  git('init');
  git('config', 'core.pager', 'less -+F');
  for (let n = 1; n <= 60; n++)
    git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--allow-empty', '-m', `commit number ${n}`);
  const { task, text } = await live.start('git log', { placement: 'foreground' }).outcome;
  expect(task).toMatchObject({ status: 'completed', exitCode: 0 });
  expect(text.head + text.tail).toContain('commit number 60\n');
  expect(text.head + text.tail).toContain('commit number 1\n');
});

const noLess = missing('less');
test.skipIf(noLess !== undefined)(`less waits, pages by key and ends with q ${noLess ?? ''}`, async () => {
  const live = openLive();
  writeFileSync(join(live.folder, 'poem'), Array.from({ length: 200 }, (_unused, n) => `line ${n + 1} über\n`).join(''));
  const task = live.start('LESSCHARSET=utf-8 less poem');
  await printed(live, task.id, 'line 39 über');
  live.tasks.write(task.id, ' ');
  await printed(live, task.id, 'line 78 über');
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  expect((await gridFromFrames(viewer.frames)).type).toBe('alternate');
  live.tasks.write(task.id, 'q');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed', exitCode: 0, droppedBytes: 0 });
  await caughtUp(live, task.id, viewer);
  expect(await gridFromFrames(viewer.frames)).toEqual(await gridFromBytes(live.raw(task.id)));
});

const shownSoFar = (viewer: LiveViewer) => Buffer.concat(viewer.frames.map((frame) => frame.bytes)).toString();

const noVim = missing('vim');
test.skipIf(noVim !== undefined)(`vim edits a file through the terminal of a task ${noVim ?? ''}`, async () => {
  const live = openLive();
  const task = live.start('vim -u NONE -N poem', { env: { PATH, HOME: live.folder, LANG: 'C.UTF-8' } });
  const viewer = watch(live, task.id);
  await expect.poll(() => shownSoFar(viewer).includes('poem')).toBe(true);
  live.tasks.write(task.id, 'iverse über 漢字\x1b');
  await expect.poll(() => shownSoFar(viewer).includes('漢字')).toBe(true);
  live.tasks.write(task.id, ':wq\r');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed', exitCode: 0 });
  expect(readFileSync(join(live.folder, 'poem'), 'utf8')).toBe('verse über 漢字\n');
  await caughtUp(live, task.id, viewer);
  expect((await gridFromFrames(viewer.frames)).type).toBe('normal');
});

/** A styled cell is written `{style|char}`. */
const withoutStyle = (line: string) => line.replace(/\{[^|]*\|(.+?)\}/gu, '$1');

const noTop = missing('top', '-v');
test.skipIf(noTop !== undefined)(`top redraws until q, and a viewer that attaches later sees its whole screen ${noTop ?? ''}`, async () => {
  const live = openLive();
  const task = live.start('top -d 0.3');
  await expect.poll(() => live.tasks.get(task.id)?.outputBytes).toBeGreaterThan(8000);
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  expect((await gridFromFrames(viewer.frames.slice(0, 1))).lines.map(withoutStyle).join('\n')).toMatch(/load average[^]*PID USER/);
  live.tasks.write(task.id, 'q');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed', exitCode: 0 });
  await caughtUp(live, task.id, viewer);
  expect(await gridFromFrames(viewer.frames)).toEqual(await gridFromBytes(live.raw(task.id)));
});

const noPython = missing('python3');
test.skipIf(noPython !== undefined)(`python3 -i answers input and ends with Ctrl+D ${noPython ?? ''}`, async () => {
  const live = openLive();
  const task = live.start('python3 -q -i', { env: { PATH, HOME } });
  await printed(live, task.id, '>>> ');
  live.tasks.write(task.id, 'print(6 * 7, "zweiundvierzig")\r');
  await printed(live, task.id, '42 zweiundvierzig');
  live.tasks.write(task.id, '\x04');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed', exitCode: 0 });
});

test.each([
  ['read -s', 'read -r -s -p \'Password: \' word; echo; echo "length ${#word}"'],
  ['stty -echo', 'stty -echo; printf \'Password: \'; read -r word; stty echo; echo; echo "length ${#word}"'],
])('a password typed at a prompt (%s) is in no file and no viewer', async (_how, command) => {
  const live = openLive();
  const task = live.start(command);
  const viewer = watch(live, task.id);
  await printed(live, task.id, 'Password: ');
  live.tasks.write(task.id, 'geheim-42\r');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed' });
  await caughtUp(live, task.id, viewer);
  expect(live.output(task.id)).toContain('length 9');
  for (const seen of [
    live.raw(task.id).toString(),
    live.output(task.id),
    viewer.bytes().toString(),
    JSON.stringify(live.tasks.get(task.id)),
  ])
    expect(seen).not.toContain('geheim');
});

const noPerl = missing('perl');
test.skipIf(noPerl !== undefined)(
  `an image pull redraws its lines in place, for a viewer from the start and for one that attaches later ${noPerl ?? ''}`,
  async () => {
    const live = openLive();
    const pull = imagePull(120);
    const half = pull.lastIndexOf('Downloading'); // the late viewer attaches here, in the middle of a redraw
    writeFileSync(join(live.folder, 'pull-1'), pull.slice(0, half + 30));
    writeFileSync(join(live.folder, 'pull-2'), pull.slice(half + 30));
    const slowly = "perl -e '$|=1; while (read STDIN, $b, 700) { print $b; select undef, undef, undef, 0.004 }'";
    const task = live.start(`stty -echo; read line; ${slowly} < pull-1; read line; ${slowly} < pull-2`);
    const early = watch(live, task.id);
    await expect.poll(() => early.replays()).toBe(1);
    live.tasks.write(task.id, '\r');
    await printed(live, task.id, 'Downloading');
    const late = watch(live, task.id);
    await expect.poll(() => late.replays()).toBe(1);
    live.tasks.write(task.id, '\r');
    expect(await ended(live, task.id)).toMatchObject({ status: 'completed', droppedBytes: 0 });
    for (const viewer of [early, late]) {
      await caughtUp(live, task.id, viewer);
      const { lines } = await gridFromFrames(viewer.frames);
      for (const layer of LAYERS) expect(lines.filter((line) => line.startsWith(layer))).toEqual([`${layer}: Pull complete`]);
      expect(lines.at(-1)).toContain('Status: Downloaded newer image');
    }
    expect(live.output(task.id)).not.toContain('\x1b');
  },
);

test.each([
  ['GBK', 'zh_CN.GBK', [0xc4, 0xe3, 0xba, 0xc3], '你好'],
  ['Latin-1', 'de_DE.ISO-8859-1', [0x47, 0x72, 0xfc, 0xdf, 0x65], 'Grüße'],
])(
  'BT-4: %s output has the same text before, at and after a promotion, and the raw log keeps its bytes',
  async (_name, locale, bytes, text) => {
    const live = openLive();
    const octal = (from: number, to?: number) =>
      bytes
        .slice(from, to)
        .map((byte) => `\\${byte.toString(8)}`)
        .join('');
    const command = `printf '${octal(0)}\\nready ${octal(0, 3)}'; read -s line; printf '${octal(3)}\\n${octal(0)}\\n'`;
    const task = live.start(command, { placement: 'foreground', env: { PATH, HOME: live.folder, LANG: locale } });
    await printed(live, task.id, 'ready');
    live.tasks.promote(task.id);
    await task.outcome;
    live.tasks.write(task.id, '\r');
    expect(await ended(live, task.id)).toMatchObject({ status: 'completed' });
    expect(live.output(task.id)).toBe(`${text}\nready ${text}\n${text}\n`);
    expect(live.raw(task.id).filter((byte) => byte === bytes[0])).toHaveLength(3);
  },
);

test.skipIf(noPerl !== undefined)(
  `BT-3: emoji, flags and combining characters that are written byte by byte arrive whole, in the text and in every viewer ${noPerl ?? ''}`,
  async () => {
    const live = openLive();
    const text = 'e\u0301 👩‍💻 🇩🇪 漢字 ก็ Å \u{1f44d}\u{1f3fd} ü\n';
    writeFileSync(join(live.folder, 'text'), text.repeat(3));
    const slowly = "exec perl -e '$|=1; while (read STDIN, $b, 1) { print $b; select undef, undef, undef, 0.003 }' < text";
    const task = live.start(`stty -onlcr; read -s line; ${slowly}`);
    const early = watch(live, task.id);
    await expect.poll(() => early.replays()).toBe(1);
    live.tasks.write(task.id, '\r');
    expect(await ended(live, task.id)).toMatchObject({ status: 'completed' });
    expect(live.raw(task.id).toString()).toBe(text.repeat(3));
    expect(live.output(task.id)).toBe(text.repeat(3));
    await caughtUp(live, task.id, early);
    for (const frame of early.frames) expect(Buffer.from(frame.bytes).toString()).not.toContain('\ufffd');
    expect(await gridFromFrames(early.frames)).toEqual(await gridFromBytes(live.raw(task.id)));
  },
);
