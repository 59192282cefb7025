import type { Writable } from 'node:stream';

/** Standard output that outlives its reader: after the reader exits, writes are dropped and `onClosed` is called. */
export interface StandardOutput {
  write(text: string): void;
  /** Resolves when all output is flushed or can no longer be written. */
  flush(): Promise<void>;
  onClosed(listener: () => void): void;
}

export function createStandardOutput(stream: Writable): StandardOutput {
  const listeners: (() => void)[] = [];
  let isClosed = false;
  stream.on('error', () => {
    // EPIPE: `gantry -p ... | head -1` has read enough. Any other error of the stream also means that the reader is gone.
    if (isClosed) return;
    isClosed = true;
    for (const listener of listeners) listener();
  });
  return {
    write(text) {
      if (!isClosed) stream.write(text);
    },
    flush: () => (isClosed ? Promise.resolve() : new Promise((resolve) => stream.write('', () => resolve()))),
    onClosed: (listener) => void listeners.push(listener),
  };
}
