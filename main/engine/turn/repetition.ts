/**
 * Notices an answer that says the same thing again and again, as small models do. Pure.
 * It looks at the end of what has come: is it one piece, repeated? Code between fences may repeat, and so may rules and
 * tables without words. Source: docs/formats.md 4.4 (a piece of text ten times).
 */

/** A piece this often in a row, and in all this long, is a loop. Unit of the second: UTF-16 code units. */
const MIN_REPEATS = 10;
const MIN_REPEATED_CHARS = 500;
/** Longer pieces are not looked for. Unit: UTF-16 code units. */
const MAX_PIECE_CHARS = 800;
const WINDOW_CHARS = MAX_PIECE_CHARS * MIN_REPEATS;
/** It looks again after this much, so that a delta costs nothing by itself. Unit: UTF-16 code units. */
const LOOK_EVERY_CHARS = 256;
/** The end of the text that must stand once more before, at the distance of one piece. Unit: UTF-16 code units. */
const PROBE_CHARS = 50;

export interface RepetitionGuard {
  /** More text has come; true once it only repeats itself. */
  push(text: string): boolean;
}

export function createRepetitionGuard(): RepetitionGuard {
  let end = '';
  let line = '';
  let isInCode = false;
  let unlooked = 0;
  return {
    push(text) {
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(-WINDOW_CHARS);
      for (const whole of lines) if (/^\s*(```|~~~)/.test(whole)) isInCode = !isInCode;
      if (isInCode) {
        end = '';
        return false;
      }
      end = (end + text).slice(-WINDOW_CHARS);
      unlooked += text.length;
      if (unlooked < LOOK_EVERY_CHARS) return false;
      unlooked = 0;
      return isRepetition(end);
    },
  };
}

function isRepetition(text: string): boolean {
  const probeAt = text.length - PROBE_CHARS;
  if (probeAt <= 0) return false;
  const before = text.lastIndexOf(text.slice(probeAt), probeAt - 1);
  const period = probeAt - before;
  if (before === -1 || period > MAX_PIECE_CHARS) return false;
  const length = Math.max(period * MIN_REPEATS, MIN_REPEATED_CHARS);
  if (length > text.length || !/\p{L}/u.test(text.slice(-period))) return false;
  const from = text.length - length;
  return text.slice(from + period) === text.slice(from, -period);
}
