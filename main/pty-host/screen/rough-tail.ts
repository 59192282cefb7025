const LINE_FEED = 0x0a;

/** A rough look at a flood is made of at most this much. More than a viewer may owe before the next. */
export const ROUGH_BYTES = 24 * 1024;

/**
 * The end of the output for a rough look: two screens of whole lines, because a window pays for each line that scrolls away, or
 * as much as a rough look may have where lines are long or a program paints without any. Begins at a line where one begins.
 */
export function roughTail(bytes: Buffer, rows: number): Buffer {
  const from = bytes.length - ROUGH_BYTES;
  let begin = bytes.length;
  for (let lines = 0; lines <= 2 * rows && begin >= Math.max(0, from); lines += 1) {
    begin = begin === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, begin - 1); // -1 would be counted from the end
  }
  if (begin >= from) return bytes.subarray(begin + 1); // -1 where all of it is little
  return bytes.subarray(Math.max(from, bytes.indexOf(LINE_FEED, from) + 1));
}
