/**
 * One task as the engine sees it: its state, what is known of its process, and who awaits it.
 * Owns: the foreground timeout, the abort signal's listener, the promise of the caller, the status file. It performs no
 * transition by itself; the manager calls `apply` and hands in what a step needs.
 */
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { isTerminalStatus } from '../../../preload/contract/index.ts';
import type { BoundedText, Clock, PtyUpdate } from '../ports.ts';
import { createMonitor, type Monitor } from './monitor.ts';
import { createStatusFile, type StatusFile } from './status-file.ts';
import type { StartTask, TaskOutcome } from './task-api.ts';
import type { TaskState } from './task-state.ts';
import { newTaskState } from './task-state.ts';

/** How often a file of a running task is touched. A crash is dated within this time. Unit: ms. */
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
  /** True from the moment the pty host was asked; before that a stop needs no signal. */
  isSpawned = false;
  pid: number | undefined;
  endedAtMs: number | undefined;
  lastOutputAtMs: number | undefined;
  notice: string | undefined;
  outputBytes = 0;
  droppedBytes = 0;
  lastLine = '';
  urls: readonly string[] = [];
  rev = 0;
  /** The model has been told how it ended, or need not be. */
  isTold = false;
  /** Its session was closed: nobody is told of it, after a restart neither. */
  isSilenced = false;
  isReleased = false;
  hasFiles = true;
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
  private readonly early: (() => void)[] = [];
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

  /** How far the output has come. */
  hearOutput({ outputBytes, droppedBytes, lastLine, urls }: Extract<PtyUpdate, { kind: 'progress' | 'ended' }>): void {
    if (outputBytes > this.outputBytes) this.lastOutputAtMs = this.clock.now();
    this.outputBytes = outputBytes;
    this.droppedBytes = droppedBytes;
    this.lastLine = lastLine;
    this.urls = urls ?? this.urls;
  }

  /** Runs `act` when there is a process to ask, now if there is or was one; never for a task that ends without. */
  whenSpawned(act: () => void): void {
    if (this.isSpawned || this.isTerminal) act();
    else this.early.push(act);
  }

  /** The pty host has been asked for the process: what waited for it follows, in order. */
  runEarly(): void {
    for (const act of this.early.splice(0)) act();
  }

  /** Only a foreground command has a timeout; a promotion and the end clear it. */
  armTimeout(onTimeout: () => void): void {
    const { timeoutMs } = this.state;
    if (timeoutMs === undefined) return;
    this.timeoutAtMs = this.clock.now() + timeoutMs;
    this.cancelTimeout = this.clock.after(timeoutMs, onTimeout);
  }

  /** A monitor whose command says nothing for so long is ended. Any output counts, not only events. */
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

  /** A background task belongs to no turn any more: its abort is no longer heard (BT-17). */
  stopListeningToAbort(): void {
    this.stopListening?.();
    this.stopListening = undefined;
  }

  writeStatus(): void {
    if (!this.state.wasBackground) return;
    const isDone = this.isTold || this.isSilenced || this.state.stopReason === 'agent';
    this.status.write(this.summary(), this.clock.now(), this.monitor?.record(isDone));
  }

  /** From now on a file of it is touched while it runs, so that a crash can be dated: the status file, or else its output. */
  armAlive(): void {
    if (this.isTerminal) return;
    this.cancelAlive = this.clock.after(ALIVE_MS, () => {
      const nowMs = this.clock.now();
      if (this.state.wasBackground) this.status.touch(nowMs);
      else void utimes(this.rawPath, nowMs / 1000, nowMs / 1000).catch(() => undefined); // it has ended, or the disk is full
      this.armAlive();
    });
  }

  release(outcome: TaskOutcome): void {
    this.isReleased = true;
    this.settleOutcome(outcome);
  }

  /** The end is published; nothing of this task runs any more. */
  async finish(): Promise<void> {
    this.early.length = 0;
    this.stopListeningToAbort();
    this.cancelIdle?.();
    this.cancelAlive?.();
    await this.status.settled();
    this.settleEnded();
  }
}

/** An absent member instead of an undefined one. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
