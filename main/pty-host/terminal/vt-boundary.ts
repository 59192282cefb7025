/**
 * Cuts a byte stream where a terminal is in ground state, and removes what must not reach a viewer.
 *
 * Owns: holding back unfinished UTF-8 characters and escape sequences; blanking clipboard writes, terminal
 * queries and device control strings; reporting the queries, so that one place answers them. It does not own the
 * time (the caller calls `flush` after the silence) and never answers a query itself.
 */
import { NO_QUERIES, Scanner } from './vt-scanner.ts';
import type { VtQuery } from './vt-tables.ts';

export interface VtPiece {
  /** Ready to be published; ends in ground state unless `open` says otherwise. May be empty. */
  readonly bytes: Uint8Array;
  readonly queries: readonly VtQuery[];
}

export interface VtBoundary {
  push(chunk: Uint8Array): VtPiece;
  /**
   * Publishes held-back bytes as they are. After a silence half a character stays back: a terminal does not show it either, and
   * xterm loses a character that comes in two writes when a middle byte is 0x80, as in the emoji joiner.
   */
  flush(after: 'silence' | 'end'): VtPiece;
  readonly heldBytes: number;
  /** Bytes published since the last ground state: a viewer that starts here must get them first. */
  readonly open: Uint8Array;
}

/** A longer unfinished sequence is not held back. Unit: bytes. */
export const HOLD_LIMIT_BYTES = 4096;
/** Enough bytes of an overlong string to bring a viewer to the same parser state; its content no longer matters. */
const OPEN_LIMIT_BYTES = 8192;

const EMPTY = new Uint8Array(0);

export function createVtBoundary(): VtBoundary {
  let held: Uint8Array = EMPTY;
  let open: Uint8Array = EMPTY;
  const scanner = new Scanner();

  const publish = (bytes: Uint8Array): VtPiece => {
    const queries = scanner.takeQueries();
    if (scanner.isGround()) open = EMPTY;
    else open = join(scanner.groundAt < 0 ? open : EMPTY, bytes.subarray(Math.max(0, scanner.groundAt))).slice(0, OPEN_LIMIT_BYTES);
    return { bytes, queries };
  };

  const scan = (data: Uint8Array, force: boolean): VtPiece => {
    const wasGround = scanner.isGround();
    const scanned = scanner.scan(data);
    const cut = Math.max(scanner.groundAt, 0);
    const isBeginningOut = !wasGround && scanner.groundAt < 0;
    if (scanner.isGround() || force || isBeginningOut || scanned.length - cut > HOLD_LIMIT_BYTES) return publish(scanned);
    // The held part begins in ground state and is scanned again with the next bytes, so its original bytes are kept.
    held = data.slice(cut);
    open = EMPTY;
    return { bytes: scanned.subarray(0, cut), queries: scanner.rewind() };
  };

  return {
    push(chunk) {
      if (held.length === 0 && scanner.isGround() && isPlain(chunk)) {
        return { bytes: chunk, queries: NO_QUERIES };
      }
      const data = held.length === 0 ? chunk : join(held, chunk);
      held = EMPTY;
      return scan(data, false);
    },
    flush(after) {
      if (held.length === 0 || (after === 'silence' && isHalfCharacter(held))) return { bytes: EMPTY, queries: NO_QUERIES };
      const data = held;
      held = EMPTY;
      return scan(data, true);
    },
    get heldBytes() {
      return held.length;
    },
    get open() {
      return open;
    },
  };
}

/** True when no byte can begin a sequence or be half a character: the common flood, detected by two native searches. */
function isPlain(chunk: Uint8Array): boolean {
  const last = chunk[chunk.length - 1];
  return (last === undefined || last < 0x80) && !chunk.includes(0x1b) && !chunk.includes(0xc2);
}

/** The held bytes begin in ground state, so anything but a character begins with a control. */
function isHalfCharacter(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) > 0xc2 && bytes.every((byte) => byte >= 0x80);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
