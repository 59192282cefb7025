/** xterm yields to the page only between writes, after 12 ms; a flood of short lines takes that long for this much. */
const SLICE_BYTES = 8 * 1024;

export interface SliceWriter {
  write(bytes: Uint8Array, parsed?: () => void): void;
}

/** Splits one write into several, in order; `parsed` is called once, after the last. A split may fall inside a character. */
export function writeInSlices(terminal: SliceWriter, bytes: Uint8Array, parsed: () => void): void {
  let at = 0;
  for (; bytes.length - at > SLICE_BYTES; at += SLICE_BYTES) terminal.write(bytes.subarray(at, at + SLICE_BYTES));
  terminal.write(bytes.subarray(at), parsed);
}
