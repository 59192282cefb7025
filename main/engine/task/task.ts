/**
 * One task: its state, the facts known about its process, and its caller.
 * Owns: the foreground timeout, the listener for the abort signal, the promise of the caller, the status file. It does not
 * change its own state; the manager applies transitions and passes in their data.
 */
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskId, TaskNotice, TaskSummary } from '../../../preload/contract/index.ts';
import { isTerminalStatus } from '../../../preload/contract/index.ts';
import type { BoundedText, Clock, PtyUpdate } from '../ports.ts';
import { createMonitor, type Monitor } from './monitor.ts';
import { createStatusFile, type StatusFile } from './status-file.ts';
import type { StartTask, TaskOutcome } from './task-api.ts';
import type { TaskState } from './task-state.ts';
import { newTaskState } from './task-state.ts';

/** How often a file of a running task is touched, so that a crash can be dated within this time. Unit: ms. */
const ALIVE_MS = 5000;

export const NO_TEXT: BoundedText = { head: '', tail: '', omittedChars: 0, totalBytes: 0, droppedBytes: 0, isBinary: false };

export class Task {
  readonly id: TaskId;
  readonly request: StartTask;
  readonly rawPath: string;
  readonly textPath: string;
  readonly screenPath: string;
  readonly outcome: Promise<TaskOutcome>;
  readonly ended: Promise<void>;
  state: TaskState;
  /** True once the pty host was asked to spawn; before that, a stop needs no signal. */
  isSpawned = false;
  pid: number | undefined;
  endedAtMs: number | undefined;
  lastOutputAtMs: number | undefined;
  notice: TaskNotice | undefined;
  outputBytes = 0;
  droppedBytes = 0;
  lastLine = '';
  urls: readonly string[] = [];
  rev = 0;
  /** The end was reported to the model, or does not need to be. */
  isReported = false;
  isReleased = false;
  hasFiles = true;
  /** Of the sandbox; called once. */
  onEnded: (() => Promise<void>) | undefined;
  text: BoundedText = NO_TEXT;
  readonly monitor: Monitor | undefined;
  private cancelIdle: (() => void) | undefined;
  private cancelAlive: (() => void) | undefined;
  private readonly clock: Clock;
  private readonly startedAtMs: number;
  private readonly status: StatusFile;
  private timeoutAtMs: number | undefined;
  private cancelTimeout: (() => void) | undefined;
  private stopListening: (() => void) | undefined;
  private readonly pendingActions: (() => void)[] = [];
  private settleOutcome: (outcome: TaskOutcome) => void = () => undefined;
  private settleEnded: () => void = () => undefined;

  constructor(id: TaskId, request: StartTask, clock: Clock, onStatusFileError: (error: unknown) => void) {
    this.id = id;
    this.request = request;
    this.clock = clock;
    this.startedAtMs = clock.now();
    this.monitor = request.monitor === undefined ? undefined : createMonitor(request.monitor);
    this.state = newTaskState(request.placement, request.timeoutMs);
    const base = join(request.outputDir, `shell-${id}`);
    this.rawPath = `${base}.raw`;
    this.textPath = `${base}.output`;
    this.screenPath = `${base}.screen`;
    this.status = createStatusFile(`${base}.status`, onStatusFileError);
    this.outcome = new Promise((settle) => {
      this.settleOutcome = settle;
    });
    this.ended = new Promise((settle) => {
      this.settleEnded = settle;
    });
  }

  get isTerminal(): boolean {
    return isTerminalStatus(this.state.status);
  }

  summary(): TaskSummary {
    const { status, placement, wasBackground, end } = this.state;
    return {
      id: this.id,
      sessionId: this.request.sessionId,
      ...optional('toolCallId', this.request.toolCallId),
      ...optional('byUser', this.request.byUser),
      ...optional('ofAgent', this.request.ofAgent),
      command: this.request.command,
      cwd: this.request.cwd,
      ...optional('pid', this.pid),
      placement,
      wasBackground,
      status,
      startedAtMs: this.startedAtMs,
      ...optional('endedAtMs', this.endedAtMs),
      ...optional('timeoutAtMs', this.timeoutAtMs),
      ...optional('lastOutputAtMs', this.lastOutputAtMs),
      ...optional('exitCode', end?.exitCode),
      ...optional('signal', end?.signal),
      ...optional('error', end?.error),
      ...optional('failure', end?.failure),
      ...optional('notice', this.notice),
      ...(this.hasFiles ? { outputPath: this.textPath } : {}),
      outputBytes: this.outputBytes,
      droppedBytes: this.droppedBytes,
      lastLine: this.lastLine,
      ...optional('monitor', this.monitor?.summary()),
      ...(this.urls.length === 0 ? {} : { urls: [...this.urls] }),
      rev: this.rev,
    };
  }

  /** Updates the progress of the output. */
  updateOutput({ outputBytes, droppedBytes, lastLine, urls }: Extract<PtyUpdate, { kind: 'progress' | 'ended' }>): void {
    if (outputBytes > this.outputBytes) this.lastOutputAtMs = this.clock.now();
    this.outputBytes = outputBytes;
    this.droppedBytes = droppedBytes;
    this.lastLine = lastLine;
    this.urls = urls ?? this.urls;
  }

  /** Runs `act` once the process exists: now if it exists or existed; never for a task that ends without a process. */
  whenSpawned(act: () => void): void {
    if (this.isSpawned || this.isTerminal) act();
    else this.pendingActions.push(act);
  }

  /** The pty host was asked to spawn: runs the pending actions in order. */
  runPendingActions(): void {
    for (const act of this.pendingActions.splice(0)) act();
  }

  /** Only foreground commands have a timeout; promotion and the end clear it. */
  armTimeout(onTimeout: () => void): void {
    const { timeoutMs } = this.state;
    if (timeoutMs === undefined) return;
    this.timeoutAtMs = this.clock.now() + timeoutMs;
    this.cancelTimeout = this.clock.after(timeoutMs, onTimeout);
  }

  /** Calls `onIdle` when a monitored command has printed nothing for the idle time. All output counts, not only events. */
  armIdle(onIdle: () => void): void {
    if (this.monitor === undefined || this.isTerminal) return;
    const { idleTimeoutMs } = this.monitor.request;
    const quietMs = this.clock.now() - (this.lastOutputAtMs ?? this.startedAtMs);
    this.cancelIdle = this.clock.after(Math.max(1, idleTimeoutMs - quietMs), () => {
      if (this.clock.now() - (this.lastOutputAtMs ?? this.startedAtMs) >= idleTimeoutMs) onIdle();
      else this.armIdle(onIdle);
    });
  }

  listenTo(signal: AbortSignal | undefined, onAbort: () => void): void {
    if (signal === undefined) return;
    signal.addEventListener('abort', onAbort, { once: true });
    this.stopListening = () => signal.removeEventListener('abort', onAbort);
  }

  clearTimeout(): void {
    this.cancelTimeout?.();
    this.cancelTimeout = undefined;
    this.timeoutAtMs = undefined;
  }

  /** A background task no longer belongs to a turn, so the abort of the turn is ignored (BT-17). */
  stopListeningToAbort(): void {
    this.stopListening?.();
    this.stopListening = undefined;
  }

  writeStatus(): void {
    if (this.state.wasBackground) this.status.write(this.summary(), this.clock.now());
  }

  /** From now on a file is touched while the task runs, so that a crash can be dated: the status file, or otherwise its output. */
  armAlive(): void {
    if (this.isTerminal) return;
    this.cancelAlive = this.clock.after(ALIVE_MS, () => {
      const nowMs = this.clock.now();
      if (this.state.wasBackground) this.status.touch(nowMs);
      else void utimes(this.rawPath, nowMs / 1000, nowMs / 1000).catch(() => undefined); // the task has ended, or the disk is full
      this.armAlive();
    });
  }

  release(outcome: TaskOutcome): void {
    this.isReleased = true;
    this.settleOutcome(outcome);
  }

  /** Called after the end is published; releases everything of this task that still runs. */
  async finish(): Promise<void> {
    this.pendingActions.length = 0;
    this.stopListeningToAbort();
    this.cancelIdle?.();
    this.cancelAlive?.();
    await this.onEnded?.();
    await this.status.settled();
    this.settleEnded();
  }
}

/** Returns an object without the key if the value is undefined. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
