/**
 * Gathers a command's output into blocks, so that a flood is processed in a few large pieces instead of 4 KiB ones.
 *
 * Output after a pause is passed on in the same turn of the event loop, so a key's echo is never delayed. Later output is
 * gathered for at most 5 ms or 64 KiB, whichever comes first; for longer during a flood without a viewer.
 * A block holds bytes of one stream, in the order of arrival.
 */

export const BATCH_MS = 5;
/** In a flood without a viewer the delay is invisible, and 40 busy tasks cost a quarter of the work. Unit: ms. */
export const UNWATCHED_BATCH_MS = 100;
export const BATCH_BYTES = 64 * 1024;

export type OutputStream = 'out' | 'err';

export interface Intake {
  push(bytes: Uint8Array, stream: OutputStream): void;
  /** Passes the gathered bytes on now. */
  flush(): void;
  dispose(): void;
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
  };
}
