/**
 * Every order in which data, promotion, stop, exit, close, error, viewers, sizes, a lost pty host and the end of the app can
 * occur, on the real task manager and pty host with controlled processes. Longer: GANTRY_PROPERTY_RUNS=10000.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { defined, type OutputFrame, type TaskStatus, type TaskSummary } from '../../preload/contract/index.ts';
import type { ProcessEnding } from '../pty-host/protocol.ts';
import { gridOf, newViewer } from '../pty-host/testing/grid.ts';
import { type ControlledTasks, STREAM } from './support/controlled-tasks.ts';
import { openScenario, type Scenario, type TaskBook, type ViewerBook } from './support/task-scenario.ts';
import { scenarioSteps } from './support/task-steps.ts';

/** Counts the generated cases, so that a property that covers nothing fails. */
const met = new Set<string>();
const MUST_MEET = [
  'completed',
  'failed',
  'failed, lost',
  'failed, asked by timeout',
  'a whole file',
  'a cut file',
  'a viewer to the end',
].concat(['user', 'agent', 'abort', 'session'].map((who) => `cancelled, asked by ${who}`));
const meet = (what: string) => void met.add(what);

const RUNS = Number(process.env['GANTRY_PROPERTY_RUNS'] ?? 120);
const LOST = 'The process that runs the terminals has ended (SIGKILL).';
const SIGNAL_NAMES: Readonly<Record<number, string>> = { 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };
const isOver = (status: TaskStatus) => status === 'completed' || status === 'failed' || status === 'cancelled';

/** BT-10, written from the specification: first match wins. */
function expectedEnd(book: TaskBook, reported: ProcessEnding): { status: TaskStatus; error?: string } {
  if (book.asked === 'timeout') return { status: 'failed', error: `Timed out after ${(book.timeoutMs ?? 0) / 1000} s` };
  if (book.asked === 'app') return { status: 'cancelled', error: 'Ended with Gantry' };
  if (book.asked !== undefined) return { status: 'cancelled' };
  if (book.isLost) return { status: 'failed', error: LOST };
  if (reported.error !== undefined) return { status: 'failed', error: reported.error };
  if (reported.signal !== undefined && reported.signal !== 0)
    return { status: 'failed', error: `Terminated by signal ${reported.signal} (${SIGNAL_NAMES[reported.signal]})` };
  if (reported.exitCode === 0) return { status: 'completed' };
  if (reported.exitCode !== undefined) return { status: 'failed', error: `Exited with code ${reported.exitCode}` };
  return { status: 'failed', error: 'Exited with unknown status (exitCode=undefined, signal=undefined, error=undefined)' };
}

/** Every summary that was emitted for a task, in order. */
const summariesOf = (on: ControlledTasks, book: TaskBook): readonly TaskSummary[] =>
  on.events.flatMap((event) => (event.event === 'task.changed' && event.data.task.id === book.id ? [event.data.task] : []));

async function checkTask(scenario: Scenario, book: TaskBook): Promise<void> {
  const { on } = scenario;
  const child = on.processOf(book.id);
  const reported = summariesOf(on, book);
  const terminal = reported.filter((task) => isOver(task.status));
  expect(terminal).toHaveLength(1);
  expect(reported.at(-1)).toBe(terminal[0]);
  const [end] = terminal;
  if (end === undefined) return;
  meet(`${end.status}${book.asked === undefined ? '' : `, asked by ${book.asked}`}${book.isLost ? ', lost' : ''}`);
  expect(on.events.filter((event) => event.event === 'task.removed' && event.data.taskId === book.id).length).toBeLessThanOrEqual(1);

  if (book.place === 'no folder' && book.asked === undefined)
    expect(end).toMatchObject({ status: 'failed', error: expect.stringContaining('cwd_not_found') });
  else {
    const { status, error } = expectedEnd(book, child?.end ?? {});
    expect({ status: end.status, error: end.error }).toEqual({ status, error });
  }

  const isBackground = book.placement === 'background' || book.isPromoted;
  expect(end.wasBackground).toBe(isBackground);
  expect(book.outcome?.kind).toBe(isBackground ? 'in_background' : 'ended');
  if (book.outcome?.kind === 'ended') expect(book.outcome.timedOut).toBe(book.asked === 'timeout');

  const ends = on.hosts.flatMap((host) => host.posted).filter((update) => update.taskId === book.id);
  const endings = ends.filter((update) => update.kind === 'ended').length;
  if (book.isLost) expect(endings).toBeLessThanOrEqual(1);
  else expect(endings).toBe(child === undefined ? 0 : 1);
  if (child !== undefined && !book.isLost) expect(ends.at(-1)?.kind).toBe('ended');
  if (child === undefined || book.isLost) {
    expect(end.outputBytes).toBeLessThanOrEqual(child?.writtenBytes ?? 0);
    return;
  }
  expect(child.isAlive).toBe(false);
  expect(end.outputBytes).toBe(child.writtenBytes);
  await checkFiles(scenario, end, child.writtenBytes, book);
  if (book.outcome?.kind === 'ended') {
    const { text } = book.outcome;
    expect(text.totalBytes).toBe(child.writtenBytes);
    const whole = plainOf(STREAM.subarray(0, child.writtenBytes));
    expect(text.head.length + text.omittedChars + text.tail.length).toBe(whole.length);
    expect(whole.startsWith(text.head) && whole.endsWith(text.tail)).toBe(true);
  }
}

/** Raw file: the whole output; or its beginning, a marker line, and a count of the rest. */
async function checkFiles(scenario: Scenario, end: TaskSummary, writtenBytes: number, book: TaskBook): Promise<void> {
  const { on } = scenario;
  const written = STREAM.subarray(0, writtenBytes);
  const rawPath = join(on.folder, 'out', `shell-${end.id}.raw`);
  if (book.place === 'no files') {
    expect(end.droppedBytes).toBe(writtenBytes); // all of it, and not the marker line that waited for the file
    return;
  }
  if (end.outputPath === undefined) {
    expect(end.wasBackground).toBe(false);
    if (book.hasLostHost) return; // it may have died before it removed them; they are pruned later
    expect(await scenario.until(() => !existsSync(rawPath) && !existsSync(rawPath.replace(/raw$/, 'output')))).toBe(true);
    return;
  }
  const raw = readFileSync(rawPath);
  meet(end.droppedBytes === 0 ? 'a whole file' : 'a cut file');
  if (end.droppedBytes === 0) expect(raw.equals(written)).toBe(true);
  else {
    const kept = writtenBytes - end.droppedBytes;
    expect(raw.subarray(0, kept).equals(written.subarray(0, kept))).toBe(true);
    expect(raw.subarray(kept).toString()).toMatch(/^\r\n\[gantry: output beyond .* is not kept\]\r\n$/);
    return;
  }
  expect(readFileSync(end.outputPath, 'utf8')).toBe(plainOf(written));
}

/** The stream as copied text: without colours, with plain line ends; a torn last character is one character. */
function plainOf(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes)
    .replace(/\x1b(\[[0-9;]*(m|$)|$)/g, '')
    .replace(/\r(\n|$)/g, (_all, end: string) => end);
}

async function checkViewer(scenario: Scenario, book: ViewerBook, capBytes = Number.POSITIVE_INFINITY): Promise<void> {
  const { on, isShutDown, wasResized } = scenario;
  const child = on.processOf(book.task.id);
  const [cutOffAt, ...cutOffAgain] = book.cutOffAt;
  const isThere = child !== undefined && !book.isDetached && !isShutDown;
  const isOwed = isThere && cutOffAt === undefined;
  if (isThere && cutOffAt !== undefined && cutOffAgain.length === 0)
    expect(await scenario.until(() => book.frames.length > cutOffAt)).toBe(true);
  // Attached after the end: the last screen, once, from the files. Before it: the whole output.
  if (isOwed)
    expect(await scenario.until(() => (book.isLate ? book.frames.length === 1 : endOf(book.frames) === child.writtenBytes))).toBe(true);
  let next: number | undefined;
  for (const frame of book.frames) {
    if (frame.kind === 'replay') next = frame.offsetBytes;
    else {
      expect(frame.offsetBytes).toBe(next); // each byte once, or a replay
      if (frame.kind === 'data') expect(STREAM.subarray(next, frame.offsetBytes + frame.bytes.length).equals(frame.bytes)).toBe(true);
      next = frame.offsetBytes + frame.bytes.length;
    }
  }
  if (child === undefined) expect(Buffer.concat(book.frames.map((frame) => frame.bytes))).toHaveLength(0);
  if (!isOwed || book.isLate) return;
  meet('a viewer to the end');
  let from = book.frames.findLast((frame) => frame.kind === 'replay')?.offsetBytes ?? 0;
  // A replay at the very end may come from the files, which contain no more than their cap.
  const mayBeCut = child.writtenBytes > capBytes && from === child.writtenBytes;
  while (((STREAM[from] ?? 0) & 0xc0) === 0x80) from--; // to the beginning of the character
  const isWhole = !book.frames.some((frame) => frame.kind === 'replay' && frame.skipped);
  if (!wasResized && isWhole && !mayBeCut && child.writtenBytes < 20_000)
    expect(await shownBy(book.frames)).toEqual(await shown(STREAM.subarray(0, child.writtenBytes)));
}

function endOf(frames: readonly OutputFrame[]): number | undefined {
  const last = frames.findLast((frame) => frame.kind !== 'resize');
  return last === undefined ? undefined : last.offsetBytes + (last.kind === 'data' ? last.bytes.length : 0);
}

async function shownBy(frames: readonly OutputFrame[]) {
  const from = frames.findLastIndex((frame) => frame.kind === 'replay');
  return shown(Buffer.concat(frames.slice(from).map((frame) => frame.bytes)));
}

async function shown(bytes: Uint8Array) {
  const terminal = newViewer(120, 40);
  let isParsed = false;
  terminal.write(bytes, () => (isParsed = true));
  while (!isParsed) vi.advanceTimersByTime(5);
  const grid = gridOf(terminal);
  terminal.dispose();
  return grid;
}

/** The values that must not change after the end. */
function frozen(scenario: Scenario): unknown {
  const { on, tasks, viewers } = scenario;
  const lost = tasks.filter((book) => book.isLost).map((book) => book.id); // a host that is really dead writes nothing more
  const files = readdirSync(join(on.folder, 'out')).filter((name) => /\.(raw|output)$/.test(name) && !lost.some((id) => name.includes(id)));
  return {
    summaries: tasks.map((book) => on.tasks.get(book.id)),
    reported: on.events.length,
    signals: on.processes.map((child) => child.signals.length),
    typed: on.processes.map((child) => child.typed.length),
    frames: viewers.map((book) => book.frames.length),
    files: files.toSorted().map((name) => [name, readFileSync(join(on.folder, 'out', name)).length]),
  };
}

test('BT-1, BT-8, BT-9, BT-10: in any order of events a task has one end, the right one, and every byte is accounted for', {
  timeout: 60_000 + RUNS * 400,
}, async () => {
  const killReally = process.kill.bind(process);
  let current: ControlledTasks | undefined;
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => current?.kill(pid, signal) ?? killReally(pid, signal));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  try {
    await fc.assert(
      fc.asyncProperty(
        scenarioSteps,
        fc.constantFrom<ProcessEnding>({ exitCode: 0 }, { exitCode: 3 }, { exitCode: 0, signal: 9 }, {}),
        fc.constantFrom(undefined, undefined, undefined, 300),
        async (steps, last, capBytes) => {
          const scenario = openScenario({
            ...defined({ capBytes }),
            advance: (ms) => void vi.advanceTimersByTime(ms),
            onOpen: (on) => (current = on),
          });
          try {
            for (const step of steps) await scenario.perform(step);
            await scenario.settle(last);
            for (const book of scenario.tasks) await checkTask(scenario, book);
            for (const book of scenario.viewers) await checkViewer(scenario, book, capBytes);
            const { on } = scenario;
            expect([...on.guarded]).toEqual([]);
            expect(on.errors.filter((line) => !line.startsWith('the pty host is gone'))).toEqual([]);

            const before = frozen(scenario);
            for (const [at, book] of scenario.tasks.entries()) {
              for (const force of [false, true]) await scenario.perform({ do: 'stop', task: at, force, by: 'user' });
              await scenario.perform({ do: 'promote', task: at });
              await scenario.perform({ do: 'write', task: at });
              await scenario.perform({ do: 'abort', task: at });
              on.processOf(book.id)?.print(10);
              on.processOf(book.id)?.reap({ exitCode: 77 });
            }
            await scenario.settle(last);
            expect(frozen(scenario)).toEqual(before);
          } finally {
            await scenario.dispose();
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    if (RUNS >= 400) expect([...met]).toEqual(expect.arrayContaining(MUST_MEET));
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
});
