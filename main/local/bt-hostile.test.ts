/** Commands with hostile output (BT-30), on real terminals with several viewers. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TaskId } from '../../preload/contract/index.ts';
import { ended, missing, openLive } from '../test/support/live-waits.ts';
import { type LiveTasks, watch } from './live-tasks.fixture.ts';

async function tenViewers(live: LiveTasks, taskId: TaskId) {
  const viewers = Array.from({ length: 10 }, () => watch(live, taskId));
  await expect.poll(() => viewers.every((viewer) => viewer.replays() === 1)).toBe(true);
  return viewers;
}

const noPerl = missing('perl');
/** Works like `cat -v`, but byte by byte: `cat -v` waits for more before it writes. */
const SHOW_INPUT = `exec perl -e '$|=1; while (sysread STDIN, $c, 1) { print ord $c < 32 ? "^" . chr(64 + ord $c) : $c }'`;

/** Prints `sequences` on request and returns the visible form of the command's input, up to the end mark. */
async function answersTo(sequences: string): Promise<{ text: string; shown: readonly string[] }> {
  const live = openLive();
  // The last query has a distinct answer: when it arrives, every earlier answer has arrived.
  const task = live.start(`stty -echo -icanon; printf 'ready '; read -n1 x; printf '${sequences}\\033[0c'; ${SHOW_INPUT}`);
  await task.outcome;
  await expect.poll(async () => (await live.tasks.readText(task.id)).head).toBe('ready ');
  const viewers = await tenViewers(live, task.id);
  live.tasks.write(task.id, 'x');
  await expect.poll(async () => (await live.tasks.readText(task.id)).head).toContain('^[[?1;2c');
  live.tasks.write(task.id, 'END'); // every answer comes before it
  await expect.poll(async () => (await live.tasks.readText(task.id)).head).toMatch(/END$/);
  live.tasks.stop(task.id, { force: true, by: 'user' });
  await ended(live, task.id);
  return {
    text: (await live.tasks.readText(task.id)).head.replace(/^ready |END$/g, ''),
    shown: viewers.map((viewer) => viewer.bytes().toString('latin1')),
  };
}

test.skipIf(noPerl !== undefined)(
  `BT-30: with ten viewers each query has one answer, in a form the command did not choose ${noPerl ?? ''}`,
  async () => {
    const asked = '\\033]10;rgb:12/34/56\\007\\033]11;#abcdef\\007\\033]10;?\\007\\033]11;?\\033\\\\\\033[5n\\033[>c';
    const { text, shown } = await answersTo(asked);
    expect(text).toBe('^[]10;rgb:d4d4/d4d4/d4d4^[\\^[]11;rgb:1e1e/1e1e/1e1e^[\\^[[0n^[[>0;276;0c^[[?1;2c');
    for (const bytes of shown) expect(bytes).not.toMatch(/\x1b\[5n|\x1b\[>c|1[01];\?/);
  },
);

test.skipIf(noPerl !== undefined).each([
  ['the title it has set', '\\033]2;rm -rf ~\\r\\007\\033[21t\\033[20t'],
  ['a setting by DECRQSS', '\\033P$qm\\033\\\\'],
  ['a capability by XTGETTCAP', '\\033P+q544e\\033\\\\'],
  ['the clipboard', '\\033]52;c;?\\007\\033]52;p;?\\033\\\\'],
  ['a palette colour it has set', '\\033]4;1;rgb:11/22/33\\007\\033]4;1;?\\007'],
  ['the version and the keyboard mode', '\\033[>q\\033[?u\\033[?2026$p'],
])(`BT-30: %s is never typed back into the command ${noPerl ?? ''}`, async (_what, sequences) => {
  const { text } = await answersTo(sequences);
  expect(text).toBe('^[[?1;2c');
});

test('BT-30: a clipboard write cut at every byte reaches none of ten viewers', async () => {
  const live = openLive();
  const secret = Buffer.from('\x1b]52;c;c2VjcmV0\x07');
  const slowly = [...secret].map((byte) => `printf '\\x${byte.toString(16).padStart(2, '0')}'; sleep 0.003`).join('; ');
  const task = live.start(`read line; ${slowly}; echo after`);
  await task.outcome;
  const viewers = await tenViewers(live, task.id);
  live.tasks.write(task.id, '\n');
  expect(await ended(live, task.id)).toMatchObject({ status: 'completed' });
  for (const viewer of viewers) {
    await expect.poll(() => viewer.bytes().toString('latin1')).toContain('after');
    expect(viewer.bytes().includes('c2VjcmV0')).toBe(false);
  }
  expect(live.raw(task.id).includes('c2VjcmV0')).toBe(true);
});

test('BT-30: while one command floods, random bytes and a watched endless line do not delay the answer to another command', async () => {
  const live = openLive();
  const floods = ['yes', 'cat /dev/urandom', "tr '\\0' x < /dev/zero"].map((command) => live.start(command));
  await Promise.all(floods.map((flood) => flood.outcome));
  for (const flood of floods) watch(live, flood.id);
  await expect.poll(() => floods.every((flood) => (live.tasks.get(flood.id)?.outputBytes ?? 0) > 5_000_000)).toBe(true);
  const asking = live.start('read line; echo "got $line"');
  const viewer = watch(live, asking.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  live.tasks.write(asking.id, 'through\n');
  await expect.poll(() => viewer.bytes().toString()).toContain('got through');
  expect(floods.map((flood) => live.tasks.get(flood.id)?.status)).toEqual(['running', 'running', 'running']);
  for (const flood of floods) live.tasks.stop(flood.id, { force: true, by: 'user' });
  for (const flood of floods) expect((await ended(live, flood.id))?.status).toBe('cancelled');
});

test('BT-30: 100 MB without a newline are kept whole and never held in memory', async () => {
  const live = openLive();
  const before = live.start('read line');
  await before.outcome;
  const residentKiB = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${live.hostPids[0]}/status`, 'utf8'))?.[1]);
  const atFirst = residentKiB();
  const line = live.start("head -c 100000000 /dev/zero | tr '\\0' x");
  watch(live, line.id);
  expect(await ended(live, line.id)).toMatchObject({ status: 'completed', outputBytes: 100_000_000, droppedBytes: 0 });
  expect(residentKiB() - atFirst).toBeLessThan(250 * 1024);
  expect(live.output(line.id)).toHaveLength(100_000_000);
  const { head, tail, omittedChars } = await live.tasks.readText(line.id);
  expect(head.length + tail.length + omittedChars).toBe(100_000_000);
});
