import type { StructuredPatchHunk } from 'diff';
import type { ToolDisplay } from '../../../../preload/contract/index.ts';

export type DiffDisplay = Extract<ToolDisplay, { kind: 'diff' }>;

/** The contract's limit for a patch on the wire. */
const MAX_PATCH_CHARS = 200_000;
const CONTEXT_LINES = 3;
/**
 * If the first and the last changed line are further apart than this, the change is shown as one block: Myers' algorithm
 * takes time and memory with the square of the differences, and this runs on the engine's only thread.
 */
const MAX_DIFF_LINES = 4_000;
const MAX_DIFF_CHARS = 400_000;
const MAX_EDITS = 1_500;
/** Unit: ms. */
const DIFF_TIMEOUT_MS = 150;

/**
 * The change as a unified diff, computed in bounded time for any sizes.
 * Shape: `before` undefined is a new file. Line endings count as LF, so that a CRLF file shows only real changes.
 * `truncated`: the patch was cut at a line; `added` and `removed` count the whole change.
 */
export async function diffDisplay(change: { path: string; before: string | undefined; after: string }): Promise<DiffDisplay> {
  const before = linesOf(change.before ?? '');
  const after = linesOf(change.after);
  const { formatPatch } = await import('diff');
  const hunks = await changedHunks(before, after);
  const isNewFile = change.before === undefined;
  const patch =
    hunks.length === 0
      ? ''
      : formatPatch({
          oldFileName: isNewFile ? '/dev/null' : `a/${change.path}`,
          newFileName: `b/${change.path}`,
          oldHeader: undefined,
          newHeader: undefined,
          hunks,
        }).replace(/^=+\n/, '');
  const changed = (sign: '+' | '-') => hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(sign)).length, 0);
  return {
    kind: 'diff',
    path: change.path,
    patch: cutAtLine(patch),
    added: changed('+'),
    removed: changed('-'),
    isNewFile,
    truncated: patch.length > MAX_PATCH_CHARS,
  };
}

/** Lines with their LF; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text.replaceAll('\r\n', '\n').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

async function changedHunks(before: readonly string[], after: readonly string[]): Promise<StructuredPatchHunk[]> {
  const limit = Math.min(before.length, after.length);
  let head = 0;
  while (head < limit && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < limit - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  if (head === before.length && head === after.length) return [];

  const start = Math.max(0, head - CONTEXT_LINES);
  const after3 = Math.min(tail, CONTEXT_LINES);
  const window = {
    start,
    lead: before.slice(start, head),
    removed: before.slice(head, before.length - tail),
    added: after.slice(head, after.length - tail),
    trail: before.slice(before.length - tail, before.length - tail + after3),
  };
  return (await fineHunks(window)) ?? [wholeHunk(window)];
}

interface ChangedWindow {
  /** Index of the first line of `lead`, the same before and after. */
  readonly start: number;
  readonly lead: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly trail: readonly string[];
}

async function fineHunks(window: ChangedWindow): Promise<StructuredPatchHunk[] | undefined> {
  const { lead, removed, added, trail } = window;
  if (removed.length === 0 || added.length === 0 || removed.length + added.length > MAX_DIFF_LINES) return undefined;
  const before = [...lead, ...removed, ...trail].join('');
  const after = [...lead, ...added, ...trail].join('');
  if (before.length + after.length > MAX_DIFF_CHARS) return undefined;
  const { structuredPatch } = await import('diff');
  const options = { context: CONTEXT_LINES, timeout: DIFF_TIMEOUT_MS, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('a', 'b', before, after, undefined, undefined, options);
  return patch?.hunks.map((hunk) => ({ ...hunk, oldStart: hunk.oldStart + window.start, newStart: hunk.newStart + window.start }));
}

function wholeHunk({ start, lead, removed, added, trail }: ChangedWindow): StructuredPatchHunk {
  return {
    oldStart: start + 1,
    oldLines: lead.length + removed.length + trail.length,
    newStart: start + 1,
    newLines: lead.length + added.length + trail.length,
    lines: [...signed(' ', lead), ...signed('-', removed), ...signed('+', added), ...signed(' ', trail)],
  };
}

function signed(sign: ' ' | '+' | '-', lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [`${sign}${line.slice(0, -1)}`] : [`${sign}${line}`, '\\ No newline at end of file'],
  );
}

function cutAtLine(patch: string): string {
  if (patch.length <= MAX_PATCH_CHARS) return patch;
  const end = patch.lastIndexOf('\n', MAX_PATCH_CHARS - 1);
  return patch.slice(0, end > 0 ? end + 1 : MAX_PATCH_CHARS);
}
