/** How a terminal session joins output before a write, and splits input before it is sent. */

/** A paste is sent in pieces of this size; the contract accepts at most a million. Unit: UTF-16 units. */
const INPUT_PIECE_CHARS = 500_000;

/** Several chunks as one; a single one is not copied. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const merged = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    merged.set(piece, at);
    at += piece.length;
  }
  return merged;
}

/** Never splits a surrogate pair: the host would encode each half as a replacement character. */
export function splitInput(data: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < data.length; ) {
    let end = Math.min(at + INPUT_PIECE_CHARS, data.length);
    const last = data.charCodeAt(end - 1);
    if (end < data.length && last >= 0xd800 && last < 0xdc00) end -= 1;
    pieces.push(data.slice(at, end));
    at = end;
  }
  return pieces;
}
