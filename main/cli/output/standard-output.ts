import type { Writable } from 'node:stream';

/** Standard output that outlives its reader: once that is gone, writes are dropped and `onClosed` is told. */
export interface StandardOutput {
  write(text: string): void;
  /** Resolves when everything written has left, or can no longer. */
  flush(): Promise<void>;
  onClosed(listener: () => void): void;
}

export function createStandardOutput(stream: Writable): StandardOutput {
  const listeners: (() => void)[] = [];
  let isClosed = false;
  stream.on('error', () => {
    // EPIPE: `gantry -p ... | head -1` has what it wanted. Any other fault of the stream also ends the reading.
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
