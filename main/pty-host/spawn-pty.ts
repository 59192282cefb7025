/**
 * The only file that knows node-pty.
 *
 * Facts it stands on (node-pty 1.2 beta, tried on Linux): `encoding: null` gives Buffers; a process that dies of a signal
 * has exit code 0; the exit follows the last byte; a read error at exit (EIO, EAGAIN) is a normal end, any other is
 * thrown by node-pty unless two listeners stand on its socket: its own and ours.
 */
import type { IPty } from 'node-pty';
import type { Child, ChildEvents, Spawner } from './child-process.ts';
import { withoutGaps } from './descriptors.ts';
import type { ProcessEnding } from './protocol.ts';
import { createReadAhead } from './read-ahead.ts';

/** ConPTY reports the exit before its last bytes. Units: ms. */
const CONPTY_SILENCE_MS = 250;
const CONPTY_DRAIN_MS = 2000;

/** Loads node-pty. Errors: rejects with the loader's error where there is no binary for this machine. */
export async function loadPtySpawner(): Promise<Spawner> {
  const { spawn } = await import('node-pty');
  return (request, events) => {
    const options = {
      name: request.env['TERM'] ?? 'xterm-256color',
      cols: request.cols,
      rows: request.rows,
      cwd: request.cwd,
      env: { ...request.env },
      encoding: null,
    };
    return follow(
      withoutGaps(() => spawn(request.shell, [...request.args], options)),
      events,
    );
  };
}

function follow(pty: IPty, events: ChildEvents): Child {
  const drain = process.platform === 'win32' ? createDrain() : undefined;
  const withMore = readsAhead(pty);
  let readError: string | undefined;
  let isOver = false;
  const listeners = [
    pty.onData((chunk) => {
      const bytes: unknown = chunk; // a Buffer with `encoding: null`; the typings know strings only
      drain?.touch();
      events.onData(bytes instanceof Uint8Array ? withMore(bytes) : Buffer.from(chunk), 'out');
    }),
    pty.onExit(({ exitCode, signal }) => {
      const end = ending(exitCode, signal, readError);
      if (drain === undefined) finish(end);
      else drain.wait(() => finish(end));
    }),
  ];
  onReadError(pty, (code) => {
    if (code !== 'EIO' && code !== 'EAGAIN') readError = `reading the terminal failed (${code})`;
  });
  const finish = (end: ProcessEnding) => {
    if (isOver) return;
    isOver = true;
    for (const listener of listeners) listener.dispose();
    events.onEnd(end);
  };
  return {
    pid: pty.pid,
    backend: 'pty',
    write: (data) => {
      if (!isOver) pty.write(data);
    },
    resize: (cols, rows) => {
      if (isOver) return;
      try {
        pty.resize(cols, rows);
      } catch {
        // The terminal is gone and its exit not reported yet; there is nothing left to resize.
      }
    },
    pause: () => {
      if (!isOver) pty.pause();
    },
    resume: () => {
      if (!isOver) pty.resume();
    },
  };
}

/** `signal: 9, exitCode: 0` is a death by signal, `signal: 0` a normal end. */
function ending(exitCode: number, signal: number | undefined, error: string | undefined): ProcessEnding {
  return {
    ...(signal === undefined || signal === 0 ? { exitCode } : { signal }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Tried on Linux only. The descriptor of the terminal is there, but not in node-pty's typings. */
function readsAhead(pty: IPty): (first: Uint8Array) => Uint8Array {
  const fd: unknown = Reflect.get(pty, 'fd');
  return process.platform === 'linux' && typeof fd === 'number' ? createReadAhead(fd) : (first) => first;
}

/** The listener node-pty counts before it throws; its typings do not show `on`. */
function onReadError(pty: IPty, listener: (code: string) => void): void {
  const on: unknown = Reflect.get(pty, 'on');
  if (typeof on !== 'function') return;
  Reflect.apply(on, pty, ['error', (error: NodeJS.ErrnoException) => listener(error.code ?? error.message)]);
}

function createDrain(): { touch(): void; wait(done: () => void): void } {
  let silence: NodeJS.Timeout | undefined;
  let done: (() => void) | undefined;
  const settle = () => {
    clearTimeout(silence);
    const run = done;
    done = undefined;
    run?.();
  };
  return {
    touch: () => {
      if (done !== undefined) silence?.refresh();
    },
    wait: (run) => {
      done = run;
      silence = setTimeout(settle, CONPTY_SILENCE_MS);
      setTimeout(settle, CONPTY_DRAIN_MS).unref();
    },
  };
}
