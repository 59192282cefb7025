const LINE_FEED = 0x0a;

/** Maximum size of a preview of a flood. Larger than the unparsed bytes at which a viewer is ready for the next. */
export const PREVIEW_BYTES = 24 * 1024;

/**
 * The end of the output for a preview: two screens of whole lines, because a window pays for each line that scrolls away, or
 * the whole budget when lines are long or a program paints without line ends. Begins at a line start if there is one.
 */
export function previewTail(bytes: Buffer, rows: number): Buffer {
  const from = bytes.length - PREVIEW_BYTES;
  let begin = bytes.length;
  for (let lines = 0; lines <= 2 * rows && begin >= Math.max(0, from); lines += 1) {
    begin = begin === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, begin - 1); // lastIndexOf would count -1 from the end
  }
  if (begin >= from) return bytes.subarray(begin + 1); // -1 when the whole output is short
  return bytes.subarray(Math.max(from, bytes.indexOf(LINE_FEED, from) + 1));
}
