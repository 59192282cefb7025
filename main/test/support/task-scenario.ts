/**
 * One scenario of the interleavings property: performs drawn steps on controlled tasks and records what was requested and
 * printed, from which `checkTask` derives the required result.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defined, type OutputFrame, type TaskId, type TaskStatus, type ViewerId } from '../../../preload/contract/index.ts';
import { SessionId } from '../../../preload/contract/index.ts';
import type { Clock } from '../../engine/ports.ts';
import type { RunningTask, TaskOutcome } from '../../engine/task/index.ts';
import type { ProcessEnding } from '../../pty-host/protocol.ts';
import { type ControlledTasks, openControlledTasks } from './controlled-tasks.ts';
import type { Step } from './task-steps.ts';

export const SESSIONS = [SessionId.parse('s0'), SessionId.parse('s1')] as const;

export interface TaskBook {
  readonly running: RunningTask;
  readonly id: TaskId;
  readonly place: 'good' | 'no files' | 'no folder';
  readonly placement: 'foreground' | 'background';
  readonly session: SessionId;
  readonly turn: AbortController;
  readonly timeoutMs: number | undefined;
  /** Who requested its end first, without a refusal. */
  asked: string | undefined;
  isPromoted: boolean;
  isLost: boolean;
  /** Its pty host died, before or after its end. */
  hasLostHost: boolean;
  outcome: TaskOutcome | undefined;
}

export interface ViewerBook {
  readonly id: ViewerId;
  readonly task: TaskBook;
  readonly acks: boolean;
  readonly frames: OutputFrame[];
  receivedBytes: number;
  isDetached: boolean;
  /** It was attached to a task that had already ended for the manager. */
  isLate: boolean;
  /**
   * The position of its frames when the pty host died, each time: after the first time, the next host must send it one replay.
   */
  readonly cutOffAt: number[];
}

export interface Scenario {
  readonly on: ControlledTasks;
  readonly tasks: readonly TaskBook[];
  readonly viewers: readonly ViewerBook[];
  readonly wasResized: boolean;
  readonly isShutDown: boolean;
  perform(step: Step): Promise<void>;
  /** Delivers all messages and ends everything; processes that still run end with `last`. */
  settle(last: ProcessEnding): Promise<void>;
  /** Advances the time until the condition is true; false if it does not become true within twenty seconds. */
  until(isTrue: () => boolean): Promise<boolean>;
  dispose(): Promise<void>;
}

const QUICK_ROUNDS = 600;
const MOST_ROUNDS = 20_000;
/** Kept before the test replaces them with fakes. */
const realTimeout = globalThis.setTimeout;

const isOver = (status: TaskStatus | undefined) => status === 'completed' || status === 'failed' || status === 'cancelled';

/** `advance` moves the fake timers; real files continue meanwhile. */
export function openScenario(options: {
  capBytes?: number;
  advance: (ms: number) => void;
  onOpen: (on: ControlledTasks) => void;
}): Scenario {
  const tasks: TaskBook[] = [];
  const viewers: ViewerBook[] = [];
  const stubborn = new Set<string>();
  let closing: Promise<unknown> | undefined;
  let isClosed = true;
  let sessionsClosing = 0;
  let wasResized = false;

  const ask = (book: TaskBook, reason: string) => {
    const now = on.tasks.get(book.id);
    if (now !== undefined && !isOver(now.status)) book.asked ??= reason;
  };
  /** A timer with the length of a task's timeout is its timeout. */
  const clock: Clock = {
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(() => {
        const book = tasks.find((other) => other.timeoutMs === ms);
        if (book !== undefined) ask(book, 'timeout');
        run();
      }, ms);
      return () => clearTimeout(timer);
    },
  };
  const on = openControlledTasks({
    clock,
    ignoresTerm: (command) => stubborn.has(command),
    ...(options.capBytes === undefined ? {} : { limits: { capBytes: options.capBytes } }),
  });
  options.onOpen(on);

  /** Fast at first; anything that takes longer than our longest pause waits for a real disk, in real time. */
  const pass = async (round: number) => {
    const isQuick = round < QUICK_ROUNDS;
    options.advance(isQuick ? 5 : 1);
    await (isQuick ? nextTurn() : new Promise((done) => realTimeout(done, 1)));
  };
  const refusalOf = (act: () => unknown): string | undefined => {
    try {
      act();
      return undefined;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : `not coded: ${String(error)}`;
    }
  };

  const start = (step: Extract<Step, { do: 'start' }>) => {
    if (tasks.length === 3 || closing !== undefined) return;
    const command = `controlled ${tasks.length}`;
    if (step.ignoresTerm) stubborn.add(command);
    const timeoutMs = step.placement === 'foreground' && step.hasTimeout ? 3000 + tasks.length : undefined;
    const turn = new AbortController();
    const session = SESSIONS[step.session] ?? SESSIONS[0];
    const running = on.tasks.start(
      {
        sessionId: session,
        outputDir: `${on.folder}/${step.place === 'no files' ? 'blocked' : 'out'}`,
        command,
        cwd: step.place === 'no folder' ? `${on.folder}/missing` : on.folder,
        env: { PATH: '/usr/bin:/bin' },
        placement: step.placement,
        ...defined({ timeoutMs }),
      },
      turn.signal,
    );
    const { place, placement } = step;
    const book: TaskBook = {
      running,
      id: running.id,
      place,
      placement,
      session,
      turn,
      timeoutMs,
      asked: undefined,
      isPromoted: false,
      isLost: false,
      hasLostHost: false,
      outcome: undefined,
    };
    void running.outcome.then((outcome) => (book.outcome = outcome));
    tasks.push(book);
  };

  const attach = (step: Extract<Step, { do: 'attach' }>, book: TaskBook) => {
    const view = { taskId: book.id, cols: 120, rows: 40, focused: step.focused };
    const frames: OutputFrame[] = [];
    const now = on.tasks.get(book.id); // nothing after everything was closed
    const isLate = now === undefined || isOver(now.status);
    const entry: { book?: ViewerBook } = {};
    const refusal = refusalOf(() => {
      const { viewerId } = on.tasks.attach(view, (frame) => {
        frames.push(frame);
        if (entry.book === undefined) return;
        entry.book.receivedBytes += frame.bytes.length;
        if (entry.book.acks) on.tasks.ack(viewerId, entry.book.receivedBytes);
      });
      entry.book = { id: viewerId, task: book, acks: step.acks, frames, receivedBytes: 0, isDetached: false, isLate, cutOffAt: [] };
      viewers.push(entry.book);
    });
    if (refusal !== undefined && !(isLate && (refusal === 'task_ended' || refusal === 'task_unknown')))
      throw new Error(`attach: ${refusal}`);
  };

  const onTask = (book: TaskBook, step: Extract<Step, { task: number }>) => {
    const child = on.processOf(book.id);
    const before = on.tasks.get(book.id);
    switch (step.do) {
      case 'data':
        child?.print(step.bytes);
        return;
      case 'exit':
        child?.exit(step.end);
        return;
      case 'close':
        child?.reap(step.end);
        return;
      case 'promote': {
        const refusal = refusalOf(() => on.tasks.promote(book.id));
        if (refusal === undefined) book.isPromoted = true;
        const mayNot = before === undefined || isOver(before.status) || before.status === 'stopping' || before.placement === 'background';
        if ((refusal !== undefined) !== mayNot || refusal?.startsWith('not coded'))
          throw new Error(`promote: ${refusal}, was ${before?.status}`);
        return;
      }
      case 'stop': {
        const refusal = refusalOf(() => on.tasks.stop(book.id, { force: step.force, by: step.by }));
        if (refusal === undefined) book.asked ??= step.by;
        const mayNot = before === undefined || isOver(before.status);
        if ((refusal !== undefined) !== mayNot || refusal?.startsWith('not coded'))
          throw new Error(`stop: ${refusal}, was ${before?.status}`);
        return;
      }
      case 'abort':
        if (before?.placement === 'foreground' && !book.turn.signal.aborted) ask(book, 'abort');
        book.turn.abort();
        return;
      case 'write':
        if (before !== undefined) refusalOf(() => on.tasks.write(book.id, 'typed'));
        return;
      case 'read':
        void on.tasks.readText(book.id).catch(() => undefined); // unknown is a valid answer by now
        return;
      case 'attach':
        attach(step, book);
    }
  };

  const onViewer = (book: ViewerBook, step: Step) => {
    if (step.do === 'detach' && !book.isDetached) {
      book.isDetached = true;
      refusalOf(() => on.tasks.detach(book.id));
    }
    if (step.do === 'ack') on.tasks.ack(book.id, book.receivedBytes);
    if (step.do === 'focus') on.tasks.focus(book.id);
    if (step.do === 'resize') {
      wasResized = true;
      on.tasks.resize(book.id, step.cols, step.rows);
    }
  };

  const isStarting = (book: TaskBook) => on.tasks.get(book.id)?.status === 'starting';
  const pump = (count: number, direction: 'pumpToHost' | 'pumpToClient') => {
    for (let i = 0; i < count; i++) on.hosts.at(-1)?.[direction]();
  };
  /** In the end even a slow window has parsed its output. */
  const ackAll = () => {
    for (const book of viewers) if (!book.isDetached && closing === undefined) on.tasks.ack(book.id, book.receivedBytes);
  };
  const shutDown = () => {
    if (closing !== undefined) return;
    for (const book of tasks) ask(book, 'app');
    isClosed = false;
    closing = on.tasks.close().then(() => (isClosed = true));
  };
  const perform = async (step: Step) => {
    if ('task' in step) {
      const book = tasks[step.task];
      if (book !== undefined) onTask(book, step);
      return;
    }
    if ('viewer' in step) {
      const book = viewers[step.viewer];
      if (book !== undefined) onViewer(book, step);
      return;
    }
    switch (step.do) {
      case 'start':
        start(step);
        return;
      case 'ready':
        for (let round = 0; tasks.some((book) => isStarting(book)) && round < QUICK_ROUNDS; round++) {
          pump(5, 'pumpToHost');
          pump(5, 'pumpToClient');
          await nextTurn();
        }
        return;
      case 'toHost':
        pump(step.count, 'pumpToHost');
        return;
      case 'toClient':
        pump(step.count, 'pumpToClient');
        return;
      case 'turns':
        for (let i = 0; i < step.count; i++) await nextTurn();
        return;
      case 'time':
        for (let left = step.ms; left > 0; left -= 50) {
          options.advance(Math.min(50, left));
          await nextTurn();
        }
        return;
      case 'closeSession':
        for (const book of tasks) if (book.session === SESSIONS[step.session]) ask(book, 'session');
        sessionsClosing += 1;
        void on.tasks.closeSession(SESSIONS[step.session] ?? SESSIONS[0]).then(() => (sessionsClosing -= 1));
        return;
      case 'lose': {
        const host = on.hosts.at(-1);
        if (step.isRare > 0 || host === undefined || host.isGone) return;
        for (const book of tasks) {
          if (!host.asked.has(book.id)) continue;
          book.hasLostHost = true;
          if (!isOver(on.tasks.get(book.id)?.status)) book.isLost = true;
        }
        for (const book of viewers) book.cutOffAt.push(book.frames.length);
        host.die('SIGKILL');
        return;
      }
      case 'shutdown':
        if (step.isRare === 0) shutDown();
    }
  };

  const isEnded = (book: TaskBook) => book.outcome !== undefined && (closing !== undefined || isOver(on.tasks.get(book.id)?.status));
  const isQuiet = () => isClosed && sessionsClosing === 0 && on.hosts.every((host) => host.inFlight === 0) && tasks.every(isEnded);

  return {
    on,
    tasks,
    viewers,
    get wasResized() {
      return wasResized;
    },
    get isShutDown() {
      return closing !== undefined;
    },
    perform,
    async settle(last) {
      for (let quiet = 0, rounds = 0; quiet < 120; rounds++) {
        ackAll();
        if (rounds > MOST_ROUNDS) throw new Error(`it never settles: ${JSON.stringify(tasks.map((book) => on.tasks.get(book.id)))}`);
        for (let i = 0; i < 3; i++) pump(20, i % 2 === 0 ? 'pumpToHost' : 'pumpToClient');
        for (const child of on.processes) {
          const book = tasks.find((other) => other.id === child.request.taskId);
          if (child.isAlive && book?.asked === undefined) child.exit(last);
          child.reap();
        }
        await pass(rounds);
        quiet = isQuiet() ? quiet + 1 : 0;
      }
    },
    async until(isTrue) {
      for (let rounds = 0; rounds < MOST_ROUNDS && !isTrue(); rounds++) {
        ackAll();
        pump(20, 'pumpToHost');
        pump(20, 'pumpToClient');
        await pass(rounds);
      }
      return isTrue();
    },
    dispose: async () => {
      if (closing === undefined) {
        shutDown();
        for (let rounds = 0; !isClosed; rounds++) {
          if (rounds > MOST_ROUNDS) throw new Error('closing never ends');
          for (let i = 0; i < 3; i++) pump(20, i % 2 === 0 ? 'pumpToHost' : 'pumpToClient');
          for (const child of on.processes) child.reap();
          await pass(rounds);
        }
      }
      await on.dispose(pass);
    },
  };
}
