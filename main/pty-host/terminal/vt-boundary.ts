/**
 * Cuts a byte stream where a terminal stands in ground state, and takes out what must not reach a viewer.
 *
 * Owns: the hold-back of unfinished UTF-8 characters and escape sequences; the blanking of clipboard writes, terminal
 * queries and device control strings; the report of the queries, so that one place answers them. It does not own the
 * time (the caller calls `flush` after the silence) and never answers anything itself.
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
   * Publishes what is held back as it is. After a silence half a character stays: a terminal shows nothing of it either, and
   * xterm loses one that comes in two writes where a byte in its middle is 0x80, as in the joiner of emoji.
   */
  flush(after: 'silence' | 'end'): VtPiece;
  readonly heldBytes: number;
  /** What has been published since the last ground state: a viewer that starts here must see it first. */
  readonly open: Uint8Array;
}

/** An unfinished sequence longer than this is not waited for. Unit: bytes. */
export const HOLD_LIMIT_BYTES = 4096;
/** Enough of an overlong string for a viewer to be in the same parser state; its content no longer matters. */
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
    // The held part begins in ground state and is scanned again with what follows it, so it is kept as it came.
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

/** True when nothing in it can begin a sequence or be half a character: the common flood, found by two native searches. */
function isPlain(chunk: Uint8Array): boolean {
  const last = chunk[chunk.length - 1];
  return (last === undefined || last < 0x80) && !chunk.includes(0x1b) && !chunk.includes(0xc2);
}

/** What is held begins in ground state, so anything but a character begins with a control. */
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
