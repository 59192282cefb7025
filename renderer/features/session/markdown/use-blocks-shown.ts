import { useEffect, useLayoutEffect, useReducer, useRef } from 'react';

/** About 40 ms of parsing and layout. Unit: UTF-16 units. */
export const FRAME_CHARS = 8 * 1024;
/**
 * A text up to this length is rendered at once, in about 110 ms: a row that grows while it is scrolled into view moves the
 * others.
 */
export const WHOLE_CHARS = 24 * 1024;

/**
 * How many blocks are rendered: all of a text up to `WHOLE_CHARS`; otherwise those of the last frame and as many more as fit
 * into one frame. 64 KB at once would block the window for 300 ms.
 */
export function useBlocksShown(blocks: readonly string[]): number {
  const drawn = useRef(0);
  const [, drawMore] = useReducer((frames: number) => frames + 1, 0);
  const shown = countFor(blocks, drawn.current);
  useLayoutEffect(() => {
    drawn.current = shown;
  }, [shown]);
  useEffect(() => {
    if (shown === blocks.length) return;
    const frame = requestAnimationFrame(() => drawMore());
    return () => cancelAnimationFrame(frame);
  }, [shown, blocks]);
  return shown;
}

/** At least one more, so that a long block does not stop it. */
function countFor(blocks: readonly string[], drawn: number): number {
  if (blocks.reduce((chars, block) => chars + block.length, 0) <= WHOLE_CHARS) return blocks.length;
  let count = Math.min(drawn, blocks.length);
  for (let chars = 0; count < blocks.length; count += 1) {
    chars += blocks[count]?.length ?? 0;
    if (chars > FRAME_CHARS && count > drawn) break;
  }
  return count;
}
