/**
 * Replaces known keys in a stream of bytes. All other bytes come out unchanged and in order. Pure: the caller owns the timer.
 *
 * Only bytes that may be the beginning of a key are held back, until the next ones decide or the stream ends.
 */
import { CUT_OFF, findKey, isBreak, type KnownKeys, matchAt, NO_MATCH, utf8Bytes } from './known-keys.ts';

export const KEY_MASK = '[key redacted]';

const MASK = utf8Bytes(KEY_MASK);
const NOTHING = new Uint8Array(0);
/** A prompt may end in the first characters of a key; so many may be shown before it is decided. Unit: bytes. */
const SHOWN_BYTES = 7;

export interface KeyRedactor {
  push(chunk: Uint8Array): Uint8Array;
  /**
   * Call it after a silence: returns what is held if it is shorter than a key, so that a prompt is shown. If a key follows, only its
   * rest is replaced.
   */
  flush(): Uint8Array;
  end(): Uint8Array;
  /** Bytes that are held and not yet returned. */
  readonly heldBytes: number;
}

export function createKeyRedactor(keys: KnownKeys): KeyRedactor {
  /** What may be the beginning of a key; the first `shown` bytes of it were returned by `flush`. */
  let held: Uint8Array = NOTHING;
  let shown = 0;

  function process(data: Uint8Array, isLast: boolean): Uint8Array {
    const pieces: Uint8Array[] = [];
    let done = 0;
    const keep = (until: number) => {
      const from = Math.max(done, shown);
      if (until > from) pieces.push(data.subarray(from, until));
      done = until;
    };
    const replace = (until: number) => {
      pieces.push(MASK);
      for (let at = Math.max(done, shown); at < until; at += 1) if (isBreak(data[at])) pieces.push(data.subarray(at, at + 1));
      done = until;
    };
    for (let start = findKey(keys, data, 0); start !== NO_MATCH; start = findKey(keys, data, done)) {
      keep(start);
      const end = matchAt(keys, data, start, isLast);
      if (end === CUT_OFF) break; // a longer key may begin here
      replace(end);
    }
    let isCut = false;
    for (let at = Math.max(done, data.length - keys.maxBytes); at < data.length && !isCut; at += 1) {
      const end = matchAt(keys, data, at, isLast);
      if (end === NO_MATCH) continue;
      keep(at);
      isCut = end === CUT_OFF;
      if (!isCut) {
        replace(end);
        at = end - 1;
      }
    }
    if (!isCut) keep(data.length);
    held = done === data.length ? NOTHING : data.slice(done);
    shown = Math.max(0, shown - done);
    return join(pieces);
  }

  return {
    get heldBytes() {
      return held.length - shown;
    },
    push: (chunk) => process(held.length === 0 ? chunk : join([held, chunk]), false),
    flush() {
      if (held.length > SHOWN_BYTES || shown === held.length) return NOTHING;
      const piece = held.subarray(shown);
      shown = held.length;
      return piece;
    },
    end: () => process(held, true),
  };
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first = NOTHING, second] = pieces;
  if (second === undefined) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
