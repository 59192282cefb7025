/**
 * A sample of the interleavings with real commands on real terminals, in a separate pty host. Fewer than with controlled
 * processes, because each takes a second: one for every ten of GANTRY_PROPERTY_RUNS.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlive, type LiveTasks, type LiveViewer, openLiveTasks, watch } from '../local/live-tasks.fixture.ts';
import { caughtUp, ended, missing } from './support/live-waits.ts';

const RUNS = Math.ceil(Number(process.env['GANTRY_PROPERTY_RUNS'] ?? 80) / 10);
const LINES = 4000;
const STREAM = Array.from({ length: LINES }, (_unused, n) => `${n} über \x1b[3${n % 8}m漢字\x1b[0m\r\n`).join('');
const WHOLE = Buffer.from(STREAM);

/** Prints the stream in bursts, then ends as requested. It may ignore a SIGTERM. */
const commandOf = (exitCode: number, ignoresTerm: boolean) =>
  `${ignoresTerm ? "trap '' TERM; " : ''}perl -e '$|=1; for $n (0..${LINES - 1}) { print "$n \\xc3\\xbcber \\e[3".($n % 8)."m\\xe6\\xbc\\xa2\\xe5\\xad\\x97\\e[0m\\n"; select undef, undef, undef, 0.004 if $n % 100 == 99 }'; exit ${exitCode}`;

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), bytes: fc.nat(WHOLE.length) }) },
    { weight: 3, arbitrary: fc.constant({ do: 'promote' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), force: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constant({ do: 'write' as const }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('attach' as const), acks: fc.boolean(), focused: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('detach' as const), viewer: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('killHost' as const), isRare: fc.nat(4) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.nat(20) }) },
  ),
  { minLength: 4, maxLength: 14, size: 'max' },
);

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

/** Each byte once and in order, or a replay. */
function expectContiguous(viewer: LiveViewer): void {
  let next: number | undefined;
  for (const frame of viewer.frames) {
    if (frame.kind === 'replay') next = frame.offsetBytes;
    if (frame.kind !== 'data') continue;
    expect(frame.offsetBytes).toBe(next);
    expect(WHOLE.subarray(next, frame.offsetBytes + frame.bytes.length).equals(frame.bytes)).toBe(true);
    next = frame.offsetBytes + frame.bytes.length;
  }
}

const noPerl = missing('perl');
test.skipIf(noPerl !== undefined)(
  `BT-1, BT-9, BT-10: with real commands too there is one end, the right one, and every byte is accounted for ${noPerl ?? ''}`,
  {
    timeout: 60_000 + RUNS * 20_000,
  },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('foreground' as const, 'background' as const),
        fc.constantFrom(0, 3),
        fc.boolean(),
        steps,
        async (placement, exitCode, ignoresTerm, drawn) => {
          const live = openLiveTasks();
          try {
            await runOne(live, { placement, exitCode, ignoresTerm, drawn });
          } finally {
            await live.close();
          }
          await expect.poll(() => live.hostPids.filter(isAlive)).toEqual([]);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
);

interface Drawn {
  readonly placement: 'foreground' | 'background';
  readonly exitCode: number;
  readonly ignoresTerm: boolean;
  readonly drawn: typeof steps extends fc.Arbitrary<infer S> ? S : never;
}

/** Typed only after some output: before that the terminal still echoes. */
async function runOne(live: LiveTasks, { placement, exitCode, ignoresTerm, drawn }: Drawn): Promise<void> {
  const { tasks } = live;
  const task = live.start(`stty -echo; ${commandOf(exitCode, ignoresTerm)}`, { placement });
  const viewers: { view: LiveViewer; isDetached: boolean }[] = [];
  let isAsked = false;
  let isLost = false;
  const hasEnded = () => tasks.get(task.id)?.endedAtMs !== undefined;
  for (const step of drawn) {
    if (step.do === 'wait')
      await expect.poll(() => hasEnded() || (tasks.get(task.id)?.outputBytes ?? 0) >= step.bytes, { interval: 5 }).toBe(true);
    if (step.do === 'turns') for (let i = 0; i < step.count; i++) await new Promise((next) => setImmediate(next));
    if (step.do === 'promote') {
      const before = tasks.get(task.id);
      const may = before?.endedAtMs === undefined && before?.placement === 'foreground' && before.status !== 'stopping';
      expect(codeOf(() => tasks.promote(task.id)) === undefined).toBe(may);
    }
    if (step.do === 'stop') {
      const refusal = codeOf(() => tasks.stop(task.id, { force: step.force, by: 'user' }));
      expect(refusal).toBe(hasEnded() ? 'task_ended' : undefined);
      isAsked ||= refusal === undefined;
    }
    if (step.do === 'write' && !hasEnded() && (tasks.get(task.id)?.outputBytes ?? 0) > 0) tasks.write(task.id, 'typed ahead');
    if (step.do === 'attach') {
      let view: LiveViewer | undefined;
      const refusal = codeOf(() => (view = watch(live, task.id, step)));
      if (view === undefined) expect([hasEnded(), refusal]).toEqual([true, 'task_ended']);
      else viewers.push({ view, isDetached: false });
    }
    const chosen = step.do === 'detach' ? viewers[step.viewer] : undefined;
    if (chosen !== undefined && !chosen.isDetached) {
      chosen.view.detach();
      chosen.isDetached = true;
    }
    if (step.do === 'killHost' && step.isRare === 0 && live.hostPids[0] !== undefined && !hasEnded()) {
      isLost = true;
      process.kill(live.hostPids[0], 'SIGKILL');
    }
  }
  const summary = await ended(live, task.id);
  const outcome = await task.outcome;
  expect(outcome.kind).toBe(summary?.wasBackground === true ? 'in_background' : 'ended');
  const status = isAsked ? 'cancelled' : exitCode === 0 && !isLost ? 'completed' : 'failed';
  if (!isLost) expect(summary?.status).toBe(status);
  else expect(['failed', 'cancelled', exitCode === 0 ? 'completed' : 'failed']).toContain(summary?.status); // it may have ended before
  if (isLost || summary === undefined) return;

  expect(summary.droppedBytes).toBe(0);
  if (!isAsked) expect(summary.outputBytes).toBe(WHOLE.length);
  if (summary.outputPath !== undefined) {
    const raw = live.raw(task.id);
    expect(raw.length).toBe(summary.outputBytes);
    expect(raw.equals(WHOLE.subarray(0, raw.length))).toBe(true);
    for (const { view, isDetached } of viewers) {
      if (isDetached) continue;
      view.ack();
      await caughtUp(live, task.id, view);
    }
  }
  for (const { view } of viewers) expectContiguous(view);
  const after = JSON.stringify(tasks.get(task.id));
  for (const force of [false, true]) expect(codeOf(() => tasks.stop(task.id, { force, by: 'agent' }))).toBe('task_ended');
  expect(codeOf(() => tasks.promote(task.id))).toBe('task_ended');
  tasks.write(task.id, 'too late');
  expect(JSON.stringify(tasks.get(task.id))).toBe(after);
}
