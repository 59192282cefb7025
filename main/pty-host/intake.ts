/**
 * Gathers what a command writes into blocks, so that a flood is worked on in few large pieces and not in 4 KiB ones.
 *
 * What comes after a pause goes on in the same turn of the event loop: a key's echo waits for nothing. What follows is
 * gathered for at most 5 ms or 64 KiB, whichever comes first; for longer where nobody watches and there is much to do.
 * A block is of one stream, in the order of arrival.
 */

export const BATCH_MS = 5;
/** In a flood nobody watches: nobody sees the difference, and 40 busy tasks are a quarter of the work. Unit: ms. */
export const UNWATCHED_BATCH_MS = 100;
export const BATCH_BYTES = 64 * 1024;

export type OutputStream = 'out' | 'err';

export interface Intake {
  push(bytes: Uint8Array, stream: OutputStream): void;
  /** Hands on what is gathered now. */
  flush(): void;
  dispose(): void;
  readonly gatheredBytes: number;
}

export interface IntakeOptions {
  readonly take: (block: Uint8Array, stream: OutputStream) => void;
  /** How long the next block may be gathered. Unit: ms. */
  readonly batchMs: () => number;
}

export function createIntake({ take, batchMs }: IntakeOptions): Intake {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let from: OutputStream = 'out';
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  let takenAt = -Infinity;

  const clear = () => {
    clearTimeout(timer);
    clearImmediate(turn);
    timer = undefined;
    turn = undefined;
    chunks = [];
    size = 0;
  };
  const flush = () => {
    if (size === 0) return;
    const [only] = chunks;
    const block = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
    clear();
    takenAt = performance.now();
    take(block, from);
  };
  const flushSoon = () => {
    const waitMs = batchMs();
    if (performance.now() - takenAt >= waitMs) turn = setImmediate(flush);
    else timer = setTimeout(flush, waitMs);
  };

  return {
    push(bytes, stream) {
      if (bytes.length === 0) return;
      if (stream !== from) flush();
      from = stream;
      chunks.push(bytes);
      size += bytes.length;
      if (size >= BATCH_BYTES) flush();
      else if (timer === undefined && turn === undefined) flushSoon();
    },
    flush,
    dispose: clear,
    get gatheredBytes() {
      return size;
    },
  };
}
