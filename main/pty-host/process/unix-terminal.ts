/**
 * The master side of a command's terminal on Linux and macOS: reads it, writes to it, and ends when the process has
 * been waited for.
 *
 * This program also holds a descriptor of the command's side open. Without it Linux reports EIO as soon as the last process has
 * closed its own, the stream closes, and the kernel sends SIGHUP to a command that still runs. The descriptor is opened in
 * the same turn of the event loop as the fork, before anything is read, and is close-on-exec.
 *
 * After the process has exited, the bytes in the kernel are read at once and the terminal is closed. A background process
 * that keeps the terminal open does not delay the end; its later writes fail.
 */
import { constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Child, ChildEvents } from './child-process.ts';
import { close } from './descriptors.ts';
import { createReadAhead, readUnread } from './read-ahead.ts';

export interface ForkedTerminal {
  /** The master side. Non-blocking. */
  readonly fd: number;
  readonly pid: number;
  /** The command's side. */
  readonly path: string;
  /** Errors: throws when the terminal is closed. */
  readonly resize: (cols: number, rows: number) => void;
}

export interface UnixTerminal {
  readonly child: Child;
  /** The result of `waitpid`. */
  readonly onExit: (exitCode: number, signal: number) => void;
}

/** Interval between write attempts while the command does not read its input and the kernel refuses more. Unit: ms. */
const WRITE_AGAIN_MS = 10;

/** Errors: none. The process already runs; if its terminal cannot be opened, it is killed and ends with `error`. */
export function createUnixTerminal(forked: ForkedTerminal, events: ChildEvents): UnixTerminal {
  const { fd, pid } = forked;
  let failure: string | undefined;
  let held: number | undefined;
  let stream: ReadStream | undefined;
  try {
    held = openSync(forked.path, constants.O_RDWR | constants.O_NOCTTY);
    stream = new ReadStream(fd);
  } catch (error) {
    failure = `the terminal could not be opened (${codeOf(error)})`;
    process.kill(pid, 'SIGKILL');
  }
  const isOpen = () => stream?.destroyed === false;
  const input = createInput(fd);

  const withMore = process.platform === 'linux' ? createReadAhead(fd) : (first: Uint8Array) => first; // tested only on Linux
  stream?.on('data', (chunk) => events.onData(withMore(chunk), 'out'));
  stream?.on('error', (error) => {
    const code = codeOf(error);
    if (code !== 'EIO' && code !== 'EAGAIN') failure = `reading the terminal failed (${code})`;
  });

  const readTheRest = () => {
    stream?.read(); // emits as 'data' what was read before a pause
    if (isOpen()) readUnread(fd, (bytes) => events.onData(bytes, 'out'));
  };

  return {
    onExit: (exitCode, signal) => {
      try {
        readTheRest();
      } finally {
        input.dispose();
        if (held !== undefined) close(held);
        if (stream === undefined) close(fd);
        else stream.destroy();
        events.onEnd({ ...(signal === 0 ? { exitCode } : { signal }), ...(failure === undefined ? {} : { error: failure }) });
      }
    },
    child: {
      pid,
      backend: 'pty',
      write: (data) => {
        if (isOpen()) input.write(data);
      },
      resize: (cols, rows) => {
        if (isOpen()) forked.resize(cols, rows);
      },
      pause: () => stream?.pause(),
      resume: () => stream?.resume(),
    },
  };
}

/** Writes in order and never blocks. Bytes that cannot be written are dropped: the command has exited. */
function createInput(fd: number): { write(data: string): void; dispose(): void } {
  let waiting = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const writeOn = () => {
    timer = undefined;
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(fd, waiting));
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') timer = setTimeout(writeOn, WRITE_AGAIN_MS);
      else waiting = Buffer.alloc(0);
    }
  };
  return {
    write(data) {
      waiting = Buffer.concat([waiting, Buffer.from(data)]);
      if (timer === undefined) writeOn();
    },
    dispose: () => clearTimeout(timer),
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
