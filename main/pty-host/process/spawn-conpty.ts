/** Runs commands on Windows terminals through node-pty. */
import type { IPty } from 'node-pty';
import type { ProcessEnding } from '../protocol.ts';
import type { Child, ChildEvents, Spawner } from './child-process.ts';

/** ConPTY reports the exit before its last bytes. Units: ms. */
const SILENCE_MS = 250;
const DRAIN_MS = 2000;

/** Loads node-pty. Errors: rejects with the loader's error when there is no binary for this machine. */
export async function loadConptySpawner(): Promise<Spawner> {
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
    return follow(spawn(request.shell, [...request.args], options), events);
  };
}

function follow(pty: IPty, events: ChildEvents): Child {
  const drain = createDrain();
  let readError: string | undefined;
  let isOver = false;
  const listeners = [
    pty.onData((chunk) => {
      const bytes: unknown = chunk; // a Buffer with `encoding: null`; the typings declare only strings
      drain.touch();
      events.onData(bytes instanceof Uint8Array ? bytes : Buffer.from(chunk), 'out');
    }),
    pty.onExit(({ exitCode, signal }) => {
      const end = ending(exitCode, signal, readError);
      drain.wait(() => finish(end));
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
        // The terminal is closed but its exit is not reported yet; there is nothing left to resize.
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

/** `signal: 9, exitCode: 0` means that a signal killed the process, `signal: 0` a normal end. */
function ending(exitCode: number, signal: number | undefined, error: string | undefined): ProcessEnding {
  return {
    ...(signal === undefined || signal === 0 ? { exitCode } : { signal }),
    ...(error === undefined ? {} : { error }),
  };
}

/** node-pty counts this listener before it throws; its typings do not declare `on`. */
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
      silence = setTimeout(settle, SILENCE_MS);
      setTimeout(settle, DRAIN_MS).unref();
    },
  };
}
