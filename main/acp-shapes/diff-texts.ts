/**
 * Editors show a change as the old and the new text of the file, while our rows hold a unified diff. Pure. Lines end with LF here, as
 * in the diff.
 */

export interface DiffTexts {
  readonly oldText: string;
  readonly newText: string;
}

interface Hunk {
  /** Of the first line, from 0. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/**
 * `current`: the text of the file that the diff starts from (`before`) or leads to (`after`). If the diff does not fit it (the file
 * has changed meanwhile, or the diff was cut), or if it is undefined, only the changed parts are returned.
 */
export function diffTexts(patch: string, current: string | undefined, side: 'before' | 'after'): DiffTexts {
  const hunks = parseHunks(patch);
  const other = current === undefined ? undefined : otherSide(hunks, linesOf(current.replaceAll('\r\n', '\n')), side);
  if (current !== undefined && other !== undefined) {
    const text = current.replaceAll('\r\n', '\n');
    return side === 'before' ? { oldText: text, newText: other } : { oldText: other, newText: text };
  }
  return {
    oldText: hunks.flatMap(({ oldLines }) => oldLines).join(''),
    newText: hunks.flatMap(({ newLines }) => newLines).join(''),
  };
}

function otherSide(hunks: readonly Hunk[], lines: readonly string[], side: 'before' | 'after'): string | undefined {
  const made: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const [start, have, want] =
      side === 'before' ? [hunk.oldStart, hunk.oldLines, hunk.newLines] : [hunk.newStart, hunk.newLines, hunk.oldLines];
    const from = Math.max(0, start);
    if (from < at || have.some((line, index) => lines[from + index] !== line)) return undefined;
    made.push(...lines.slice(at, from), ...want);
    at = from + have.length;
  }
  return [...made, ...lines.slice(at)].join('');
}

function parseHunks(patch: string): readonly Hunk[] {
  const hunks: { oldStart: number; newStart: number; oldLines: string[]; newLines: string[] }[] = [];
  let lastSign: string | undefined;
  for (const line of patch.split('\n')) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (head !== null) {
      // A side without lines names the line before it.
      const start = (first: string | undefined, count: string | undefined) => Number(first) - (count === '0' ? 0 : 1);
      hunks.push({ oldStart: start(head[1], head[2]), newStart: start(head[3], head[4]), oldLines: [], newLines: [] });
      continue;
    }
    const hunk = hunks.at(-1);
    if (hunk === undefined) continue;
    const sign = line[0];
    const text = `${line.slice(1)}\n`;
    if (sign === ' ' || sign === '-') hunk.oldLines.push(text);
    if (sign === ' ' || sign === '+') hunk.newLines.push(text);
    if (sign === '\\' && lastSign !== '+') dropNewline(hunk.oldLines);
    if (sign === '\\' && lastSign !== '-') dropNewline(hunk.newLines);
    lastSign = sign;
  }
  return hunks;
}

/** "No newline at end of file" is about the line above it. */
function dropNewline(lines: string[]): void {
  const last = lines.pop();
  if (last !== undefined) lines.push(last.slice(0, -1));
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
