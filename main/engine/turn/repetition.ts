/**
 * Detects an answer that repeats the same text, as small models do. Pure.
 * Checks whether the end of the received text is one piece, repeated. Code between fences may repeat, and so may rules and
 * tables without words. Source: docs/formats.md 4.4 (a piece of text ten times).
 */

/** A piece repeated this often, with at least this total length, is a loop. Unit of the second: UTF-16 code units. */
const MIN_REPEATS = 10;
const MIN_REPEATED_CHARS = 500;
/** Longer pieces are not detected. Unit: UTF-16 code units. */
const MAX_PIECE_CHARS = 800;
const WINDOW_CHARS = MAX_PIECE_CHARS * MIN_REPEATS;
/** The check runs once per this much text, so that a single delta costs almost nothing. Unit: UTF-16 code units. */
const CHECK_EVERY_CHARS = 256;
/** The end of the text is searched for at an earlier position to find the length of the piece. Unit: UTF-16 code units. */
const PROBE_CHARS = 50;

export interface RepetitionGuard {
  /** Adds text; returns true once the text only repeats itself. */
  push(text: string): boolean;
}

export function createRepetitionGuard(): RepetitionGuard {
  let end = '';
  let line = '';
  let isInCode = false;
  let uncheckedChars = 0;
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
      uncheckedChars += text.length;
      if (uncheckedChars < CHECK_EVERY_CHARS) return false;
      uncheckedChars = 0;
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
