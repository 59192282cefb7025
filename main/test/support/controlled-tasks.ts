/**
 * The real task manager, pty client and pty host with processes controlled by the test, and a channel between client and host
 * whose messages the test delivers. Timers are the fake ones of the test; files are real.
 *
 * A controlled process reacts to signals like a process group (through `process.kill`, which the test replaces with `kill`),
 * may ignore SIGTERM, may still print after a signal, and its end is visible only when it is reaped.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostEvent, TaskId } from '../../../preload/contract/index.ts';
import type { Clock, Logger } from '../../engine/ports.ts';
import { createTasks } from '../../engine/task/index.ts';
import { createPtyClient, type PtyChannel } from '../../local/pty-client.ts';
import type { ChildEvents } from '../../pty-host/process/child-process.ts';
import type { FromPtyHost, ProcessEnding, SpawnRequest, TaskUpdate, ToPtyHost } from '../../pty-host/protocol.ts';
import { createPtyHost, type PtyHostCore } from '../../pty-host/pty-host.ts';
import type { TaskLimits } from '../../pty-host/pty-task.ts';

/** Above every pid of the system, so that no signal of a faulty test reaches a real process. */
const FIRST_PID = 2_000_000_000;

const LINE_PIECES = ['plain', '\x1b[31mred\x1b[0m', 'über', '漢字', '👩‍💻', 'e\u0301', '\x1b[1;4mbold\x1b[m'];

/** The output of every controlled process, from its beginning: characters and sequences of several bytes. */
export const STREAM = Buffer.from(
  Array.from(
    { length: 40_000 },
    (_unused, n) => `${n} ${LINE_PIECES[n % LINE_PIECES.length]} ${LINE_PIECES[(n * 3 + 1) % LINE_PIECES.length]}\r\n`,
  ).join(''),
);

export class ControlledProcess {
  readonly pid: number;
  readonly request: SpawnRequest;
  readonly signals: string[] = [];
  readonly typed: string[] = [];
  isAlive = true;
  /** Printed before its end was reported. */
  writtenBytes = 0;
  /** The first reported one. */
  end: ProcessEnding | undefined;
  ignoresTerm: boolean;
  private readonly events: ChildEvents;
  private pending: ProcessEnding | undefined;

  constructor(pid: number, request: SpawnRequest, events: ChildEvents, ignoresTerm: boolean) {
    this.pid = pid;
    this.request = request;
    this.events = events;
    this.ignoresTerm = ignoresTerm;
  }

  get isReaped(): boolean {
    return this.end !== undefined;
  }

  /** Prints even when it is dead and not reaped: bytes that were in transit. After the end it must have no effect. */
  print(bytes: number): void {
    const chunk = this.isReaped ? Buffer.from('too late') : STREAM.subarray(this.writtenBytes, this.writtenBytes + bytes);
    if (!this.isReaped) this.writtenBytes += chunk.length;
    this.events.onData(new Uint8Array(chunk), 'out');
  }

  exit(end: ProcessEnding): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.pending = end;
  }

  /** The result of exit, close and error of a child: the end, reported once or, by a faulty spawner, again. */
  reap(again?: ProcessEnding): void {
    if (this.end !== undefined) {
      if (again !== undefined) this.events.onEnd(again);
      return;
    }
    if (this.pending === undefined) return;
    this.end = this.pending;
    this.events.onEnd(this.end);
  }

  receive(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    if (signal === 'SIGTERM' && this.ignoresTerm) return;
    this.exit({ signal: constants.signals[signal] });
  }
}

/** One pty host and the two directions of its channel. */
class ControlledHost implements PtyChannel {
  readonly posted: TaskUpdate[] = [];
  /** Tasks that it was asked to spawn; the message may still be in transit. */
  readonly asked = new Set<TaskId>();
  isGone = false;
  readonly core: PtyHostCore;
  private readonly toHost: ToPtyHost[] = [];
  private readonly toClient: FromPtyHost[] = [];
  private receive: (message: unknown) => void = () => undefined;
  private exited: (detail?: string) => void = () => undefined;

  constructor(createCore: (post: (message: FromPtyHost) => void) => PtyHostCore) {
    this.core = createCore((message) => {
      if (message.t === 'update') this.posted.push(message.update);
      if (!this.isGone) this.toClient.push(structuredClone(message));
    });
  }

  get inFlight(): number {
    return this.isGone ? 0 : this.toHost.length + this.toClient.length;
  }
  post(message: ToPtyHost): void {
    if (this.isGone) return;
    if (message.t === 'spawn') this.asked.add(message.request.taskId);
    this.toHost.push(message);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.receive = listener;
  }
  onExit(listener: (detail?: string) => void): void {
    this.exited = listener;
  }
  kill(): void {
    this.die('SIGKILL');
  }
  die(detail: string): void {
    if (this.isGone) return;
    this.isGone = true;
    this.exited(detail);
  }
  pumpToHost(): boolean {
    const message = this.isGone ? undefined : this.toHost.shift();
    if (message !== undefined) this.core.handle(message);
    return message !== undefined;
  }
  pumpToClient(): boolean {
    const message = this.isGone ? undefined : this.toClient.shift();
    if (message !== undefined) this.receive(message);
    return message !== undefined;
  }
}

export interface ControlledOptions {
  readonly limits?: Partial<TaskLimits>;
  /** For the command with this text; read when it is spawned. */
  readonly ignoresTerm: (command: string) => boolean;
  readonly clock: Clock;
}

export function openControlledTasks(options: ControlledOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-controlled-'));
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'blocked'), 'a file where a folder would have to be');
  const processes: ControlledProcess[] = [];
  const hosts: ControlledHost[] = [];
  const events: HostEvent[] = [];
  const errors: string[] = [];
  const guarded = new Set<number>();
  const log = (message: string, fields?: Record<string, unknown>) => void errors.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: log };
  const byPid = (pid: number) => processes[Math.abs(pid) - FIRST_PID];

  const spawnPty = (request: SpawnRequest, childEvents: ChildEvents) => {
    const child = new ControlledProcess(FIRST_PID + processes.length, request, childEvents, options.ignoresTerm(request.args.at(-1) ?? ''));
    processes.push(child);
    const { pid } = child;
    const ignore = () => undefined;
    return {
      pid,
      backend: 'pty' as const,
      write: (text: string) => void child.typed.push(text),
      resize: ignore,
      pause: ignore,
      resume: ignore,
    };
  };

  const tasks = createTasks({
    openPtyHost: () => {
      const limits = options.limits === undefined ? {} : { limits: options.limits };
      const host = new ControlledHost((post) => createPtyHost({ post, spawnPty, ...limits }));
      hosts.push(host);
      return createPtyClient(host, logger, {
        add: ({ pid }) => void guarded.add(pid),
        remove: (pid) => void guarded.delete(pid),
        endAll: () => {
          for (const pid of guarded) byPid(pid)?.receive('SIGKILL');
          guarded.clear();
          return Promise.resolve();
        },
        close: () => undefined,
      });
    },
    clock: options.clock,
    logger,
    emit: (event) => void events.push(event),
  });

  return {
    tasks,
    folder,
    processes,
    hosts,
    events,
    errors,
    /** Process groups that the watchdog and the ledger still regard as alive. */
    guarded,
    processOf: (taskId: TaskId) => processes.find((child) => child.request.taskId === taskId),
    /** Replaces `process.kill`; undefined if the pid is not one of ours. */
    kill(pid: number, signal: string | number | undefined): true | undefined {
      const child = byPid(pid);
      if (child === undefined) return undefined;
      if (!child.isAlive) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
      if (signal === 'SIGTERM' || signal === 'SIGKILL') child.receive(signal);
      return true;
    },
    /** Ends what a test has left, without the manager. */
    async dispose(pass: (round: number) => Promise<void>) {
      for (const child of processes) {
        child.exit({ exitCode: 0 });
        child.reap();
      }
      let isClosed = false;
      void Promise.all(hosts.map((host) => host.core.close())).then(() => (isClosed = true));
      for (let round = 0; !isClosed; round++) await pass(round);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }); // the last file may not be removed yet
    },
  };
}

export type ControlledTasks = ReturnType<typeof openControlledTasks>;
