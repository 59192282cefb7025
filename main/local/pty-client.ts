/**
 * Implements the engine's PtyHost port over a channel to the pty host's process.
 *
 * Owns: matching responses to requests, delivering frames to their viewers, and the handling of the
 * process's death: `lost` once, its groups ended by the guard, every later call a no-op.
 */
import { fork } from 'node:child_process';
import type { OutputFrame, TaskId, ViewerId } from '../../preload/contract/index.ts';
import type { BoundedText, Logger, PtyHost, PtyUpdate } from '../engine/ports.ts';
import { EMPTY_TEXT, type FromPtyHost, isFromPtyHost, type ToPtyHost } from '../pty-host/protocol.ts';
import type { ProcessGuard } from './watchdog.ts';

/**
 * A channel to the pty host's process, opened by the host.
 * Order: messages arrive in the order they were posted. Errors: `post` to an ended process does nothing.
 */
export interface PtyChannel {
  post(message: ToPtyHost): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the process has ended, for any reason. */
  onExit(listener: (detail?: string) => void): void;
  kill(): void;
}

/** Longer than the grace period of a stop plus the flush of the files. Unit: ms. */
const CLOSE_MS = 13_000;

export function createPtyClient(channel: PtyChannel, logger: Logger, guard?: ProcessGuard): PtyHost {
  const deliveries = new Map<ViewerId, (frame: OutputFrame) => void>();
  const questions = new Map<number, (text: BoundedText) => void>();
  const listeners = new Set<(update: PtyUpdate) => void>();
  /** Requested commands whose group is not known yet, with their ledger details. */
  const spawning = new Map<TaskId, { readonly command: string; readonly cwd: string }>();
  let nextQuestion = 1;
  let state: 'open' | 'closing' | 'gone' = 'open';
  let onGone: (() => void)[] = [];

  const post = (message: ToPtyHost) => {
    if (state === 'open') channel.post(message);
  };
  const safely = (run: () => void) => {
    try {
      run();
    } catch (error) {
      logger.error('a listener of the pty host failed', { error: error instanceof Error ? error.stack : String(error) });
    }
  };
  const emit = (update: PtyUpdate) => {
    for (const listener of [...listeners]) safely(() => listener(update));
  };

  /** A command that the watchdog could not end when the app dies must not run at all (BT-19). */
  const register = (taskId: TaskId, pid: number) => {
    try {
      guard?.add({ pid, taskId, startedAtMs: Date.now(), ...spawning.get(taskId) });
      spawning.delete(taskId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error('a command could not be registered and is stopped', { taskId, pid, error: reason });
      post({ t: 'stop', taskId, force: true });
      const end = { error: `spawn_failed: the command could not be registered, so that it was stopped: ${reason}` };
      emit({ kind: 'ended', taskId, end, outputBytes: 0, droppedBytes: 0, lastLine: '', text: EMPTY_TEXT });
    }
  };

  const receive = (message: FromPtyHost) => {
    switch (message.t) {
      case 'update':
        if (message.update.kind === 'ended') spawning.delete(message.update.taskId);
        emit(message.update);
        return;
      case 'output': {
        const deliver = deliveries.get(message.frame.viewerId);
        if (deliver !== undefined) safely(() => deliver(message.frame));
        return;
      }
      case 'text':
        questions.get(message.requestId)?.(message.text);
        questions.delete(message.requestId);
        return;
      case 'group':
        if (message.alive) register(message.taskId, message.pid);
        else safely(() => guard?.remove(message.pid));
        return;
      case 'log':
        logger[message.level](message.message, message.fields);
        return;
      case 'closed':
        channel.kill();
        void lose('closed'); // its exit adds nothing, and Electron can miss it
    }
  };

  const lose = async (detail: string) => {
    if (state === 'gone') return;
    const wasOpen = state === 'open';
    state = 'gone';
    for (const answer of questions.values()) answer(EMPTY_TEXT);
    questions.clear();
    deliveries.clear();
    spawning.clear();
    if (wasOpen) {
      logger.error('the pty host is gone', { detail });
      emit({ kind: 'lost', message: `The process that runs the terminals has ended (${detail}).` });
    }
    await guard?.endAll();
    guard?.close();
    for (const done of onGone) done();
    onGone = [];
  };

  channel.onMessage((message) => {
    if (isFromPtyHost(message)) receive(message);
  });
  channel.onExit((detail) => void lose(detail ?? 'unknown reason'));

  return {
    spawn(request) {
      if (state === 'open') spawning.set(request.taskId, { command: request.args.at(-1) ?? '', cwd: request.cwd });
      post({ t: 'spawn', request });
    },
    write: (taskId, data) => post({ t: 'write', taskId, data }),
    stop: (taskId, { force }) => post({ t: 'stop', taskId, force }),
    attach(view, deliver) {
      if (state !== 'open') return;
      deliveries.set(view.viewerId, deliver);
      post({ t: 'attach', view });
    },
    detach(viewerId) {
      deliveries.delete(viewerId);
      post({ t: 'detach', viewerId });
    },
    ack: (viewerId, parsedBytes) => post({ t: 'ack', viewerId, parsedBytes }),
    resize: (viewerId, cols, rows) => post({ t: 'resize', viewerId, cols, rows }),
    focus: (viewerId) => post({ t: 'focus', viewerId }),
    readText(taskId) {
      if (state !== 'open') return Promise.resolve(EMPTY_TEXT);
      const requestId = nextQuestion++;
      return new Promise((answer) => {
        questions.set(requestId, answer);
        post({ t: 'readText', requestId, taskId });
      });
    },
    forget: (taskId, { deleteFiles }) => post({ t: 'forget', taskId, deleteFiles }),
    onUpdate(listener) {
      const own = (update: PtyUpdate) => listener(update); // a wrapper for each, so that one function can subscribe twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      if (state === 'gone') return Promise.resolve();
      return new Promise((done) => {
        onGone.push(done);
        if (state === 'closing') return;
        channel.post({ t: 'close' });
        state = 'closing';
        setTimeout(() => channel.kill(), CLOSE_MS).unref();
      });
    },
  };
}

export interface ForkOptions {
  /** Path of a Node of version 22 or later; this process's own when absent. */
  readonly execPath?: string;
  /** The source of PATH and the locale; the pty host gets nothing else from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEPT_VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'NODE_COMPILE_CACHE',
  'SystemRoot',
  'windir',
  'ComSpec',
  'TEMP',
  'TMP',
  'USERPROFILE',
];

/** The terminals' process needs little of the environment: each command brings its own. It must not contain keys. */
export function ptyHostEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(KEPT_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/**
 * Runs the pty host as a forked Node, for the hosts that are Node processes (server, cli).
 * It leads its own session, so that a Ctrl+C in the owner's terminal reaches neither it nor the commands.
 */
export function forkPtyHost(entryPath: string, options: ForkOptions): PtyChannel & { readonly pid: number | undefined } {
  const child = fork(entryPath, [], {
    execPath: options.execPath ?? process.execPath,
    execArgv: [],
    env: ptyHostEnvironment(options.env),
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let failure: string | undefined;
  child.on('error', (error) => {
    failure = error.message;
  });
  return {
    pid: child.pid,
    post: (message) => {
      if (child.connected) child.send(message, () => undefined); // a broken channel is reported as the exit
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.once('exit', (code, signal) => listener(signal ?? `exit code ${code ?? 'unknown'}`));
      child.once('error', () => {
        if (child.pid === undefined) listener(failure);
      });
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
