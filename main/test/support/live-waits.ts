/** Waits for effects of real commands, and compares what their viewers show. */
import { spawnSync } from 'node:child_process';
import { expect, onTestFinished } from 'vitest';
import type { OutputFrame, TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { type LiveTasks, type LiveViewer, openLiveTasks } from '../../local/live-tasks.fixture.ts';
import { gridOf, newViewer } from '../../pty-host/testing/grid.ts';

export function openLive(options: Parameters<typeof openLiveTasks>[0] = {}): LiveTasks {
  const live = openLiveTasks(options);
  onTestFinished(() => live.close());
  return live;
}

export async function ended(live: LiveTasks, taskId: TaskId): Promise<TaskSummary | undefined> {
  await expect.poll(() => live.tasks.get(taskId)?.endedAtMs, { interval: 10 }).toBeDefined();
  return live.tasks.get(taskId);
}

/** The plain text so far. */
export async function printed(live: LiveTasks, taskId: TaskId, text: string): Promise<void> {
  await expect.poll(async () => textOf(await live.tasks.readText(taskId)), { interval: 10 }).toContain(text);
}

const textOf = ({ head, tail }: { head: string; tail: string }) => head + tail;

/** The viewer has received every byte of the raw log. */
export async function caughtUp(live: LiveTasks, taskId: TaskId, viewer: LiveViewer): Promise<void> {
  await expect.poll(() => live.raw(taskId).length - endOf(viewer.frames)).toBe(0); // the file may be written a moment later
}

/** The position of the stream after these frames. Unit: bytes. */
export function endOf(frames: readonly OutputFrame[]): number {
  const last = frames.findLast((frame) => frame.kind !== 'resize');
  return last === undefined ? 0 : last.offsetBytes + (last.kind === 'data' ? last.bytes.length : 0);
}

/** The screen of a viewer after these frames. */
export async function gridFromFrames(frames: readonly OutputFrame[]) {
  const terminal = newViewer(120, 40);
  for (const frame of frames) {
    if (frame.kind === 'replay') terminal.reset();
    if (frame.kind !== 'data') terminal.resize(frame.cols, frame.rows);
    await new Promise<void>((done) => terminal.write(frame.bytes, done));
  }
  return gridOf(terminal);
}

/** The screen of a terminal that received everything from the first byte. */
export async function gridFromBytes(bytes: Uint8Array) {
  const terminal = newViewer(120, 40);
  await new Promise<void>((done) => terminal.write(bytes, done));
  return gridOf(terminal);
}

/** Why the test of a program is skipped; undefined if the program exists and starts. */
export function missing(program: string, ...args: string[]): string | undefined {
  const found = spawnSync(program, args.length === 0 ? ['--version'] : args, { stdio: 'ignore', timeout: 10_000 });
  return found.status === 0 ? undefined : `skipped: this machine has no ${program}`;
}
