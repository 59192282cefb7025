import { useEffect, useState } from 'react';

/** About 40 ms of parsing and layout. Unit: UTF-16 units. */
export const FRAME_CHARS = 8 * 1024;

/**
 * How many of the blocks are drawn: those of the last frame and, of the ones behind them, what one frame has time for. A
 * text of usual length is there at once; 64 KB drawn at once would hold the window up for 300 ms.
 */
export function useBlocksShown(blocks: readonly string[]): number {
  const [drawn, setDrawn] = useState(0);
  const shown = countFor(blocks, drawn);
  useEffect(() => {
    if (shown === drawn) return;
    const frame = requestAnimationFrame(() => setDrawn(shown));
    return () => cancelAnimationFrame(frame);
  }, [shown, drawn]);
  return shown;
}

/** At least one more, so that a long block is no end. */
function countFor(blocks: readonly string[], drawn: number): number {
  let count = Math.min(drawn, blocks.length);
  for (let chars = 0; count < blocks.length; count += 1) {
    chars += blocks[count]?.length ?? 0;
    if (chars > FRAME_CHARS && count > drawn) break;
  }
  return count;
}
