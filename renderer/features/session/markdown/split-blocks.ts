/**
 * Splits Markdown into top-level blocks, so that a growing answer parses only its last block again. A block ends at a blank
 * line outside a code fence, unless the next line belongs to it: an indented line, or the next item of the same list. A missing
 * split costs time; a wrong split would change the meaning.
 */
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const INDENTED = /^(?: {2,}|\t)/;
const HTML_OPEN = /^ {0,3}</;

export function splitBlocks(markdown: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  let blank = false;

  const finish = () => {
    while (lines.at(-1)?.trim() === '') lines.pop();
    if (lines.length > 0) blocks.push(lines.join('\n'));
    lines = [];
  };

  for (const line of markdown.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      lines.push(line);
      if (mark !== undefined && closes(fence, mark, line)) fence = undefined;
      continue;
    }
    if (line.trim() === '') {
      blank = true;
      if (lines.length > 0) lines.push(line);
      continue;
    }
    if (blank && !continues(lines[0], line)) finish();
    blank = false;
    lines.push(line);
    fence = mark;
  }
  finish();
  return blocks;
}

function closes(open: string, mark: string, line: string): boolean {
  return mark[0] === open[0] && mark.length >= open.length && line.trim() === mark;
}

function continues(first: string | undefined, line: string): boolean {
  if (first === undefined) return false;
  if (LIST_ITEM.test(first)) return LIST_ITEM.test(line) || INDENTED.test(line);
  return HTML_OPEN.test(first) ? false : INDENTED.test(first) && INDENTED.test(line);
}
