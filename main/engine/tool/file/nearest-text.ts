/**
 * Finds the part of a file that is most similar to a text that does not occur in it. Pure, and bounded in time for any sizes.
 */

export interface NearestText {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  /** The lines differ only in white space. */
  readonly differsInSpaceOnly: boolean;
}

/** Lines compared per place; the first lines are enough to find a longer text. */
const MAX_COMPARED_LINES = 8;
/** Maximum number of places compared: longer files are rarely edited by hand. */
const MAX_PLACES = 30_000;
/** Characters compared per line; lines of minified files are longer. */
const MAX_LINE_CHARS = 200;
/** A place with a lower score is not similar. */
const MIN_SCORE = 0.5;
const MAX_SHOWN_LINES = 15;
const MAX_SHOWN_CHARS = 1_200;

/**
 * Slides the wanted lines over the file and scores how much of each line agrees from both of its ends.
 * Returns undefined when nothing agrees by half.
 */
export function nearestText(text: string, wanted: string): NearestText | undefined {
  const fileLines = text.split('\n', MAX_PLACES);
  const squeezed = fileLines.map(squeeze);
  const wantedLines = trimEmptyLines(wanted.split('\n')).map(squeeze);
  const compared = wantedLines.slice(0, MAX_COMPARED_LINES);
  let best = { score: 0, at: 0 };
  for (let at = 0; at < squeezed.length; at += 1) {
    const score = scoreAt(squeezed, at, compared);
    if (score > best.score) best = { score, at };
  }
  if (best.score < MIN_SCORE) return undefined;
  const shown = fileLines.slice(best.at, best.at + Math.min(wantedLines.length, MAX_SHOWN_LINES)).join('\n');
  return {
    line: best.at + 1,
    text: shown.length > MAX_SHOWN_CHARS ? `${shown.slice(0, MAX_SHOWN_CHARS)}...` : shown,
    differsInSpaceOnly: wantedLines.every((line, index) => squeezed[best.at + index] === line),
  };
}

/** Indentation and runs of white space are ignored, because models get them wrong most often. */
function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ').slice(0, MAX_LINE_CHARS);
}

function trimEmptyLines(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first === -1 ? [] : lines.slice(first, last + 1);
}

/** Longer lines weigh more: a closing brace matches any other. */
function scoreAt(lines: readonly string[], at: number, wanted: readonly string[]): number {
  let agreed = 0;
  let possible = 0;
  for (const [index, want] of wanted.entries()) {
    const weight = want.length + 1;
    possible += weight;
    agreed += weight * likeness(lines[at + index] ?? '', want);
  }
  return possible === 0 ? 0 : agreed / possible;
}

function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail += 1;
  return (head + tail) / Math.max(a.length, b.length);
}
