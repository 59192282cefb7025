/** Gathers chunks for at most 5 ms or 64 KiB, whichever comes first, so that a flood is few messages. */

export const BATCH_MS = 5;
export const BATCH_BYTES = 64 * 1024;

export interface Batcher {
  push(bytes: Uint8Array): void;
  /** Sends what is gathered now. */
  flush(): void;
  dispose(): void;
}

export function createBatcher(send: (bytes: Uint8Array) => void): Batcher {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (size === 0) return;
    const [only] = chunks;
    const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
    chunks = [];
    size = 0;
    send(bytes);
  };

  return {
    push(bytes) {
      if (bytes.length === 0) return;
      chunks.push(bytes);
      size += bytes.length;
      if (size >= BATCH_BYTES) flush();
      else timer ??= setTimeout(flush, BATCH_MS);
    },
    flush,
    dispose() {
      clearTimeout(timer);
      timer = undefined;
      chunks = [];
      size = 0;
    },
  };
}
