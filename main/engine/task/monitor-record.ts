/**
 * The monitor entry of a sidecar: how many lines were reported to the model, and which lines are left after a restart.
 * The lines themselves are in the output file. The matching lines after the reported ones are unreported. If lines were
 * skipped in the count (a flood), only the number of lines is reported, and it may be too high.
 */
import { z } from 'zod';
import { createLinePattern } from './line-pattern.ts';

/** Limits of one message to the model; the rest is in the output file. Units: lines, UTF-16 code units. */
export const NOTICE_LINES = 100;
export const NOTICE_CHARS = 8000;

export const MonitorRecord = z.object({
  description: z.string(),
  pattern: z.string().optional(),
  maxEvents: z.number().int(),
  /** The number of lines reported to the model so far. */
  told: z.number().int().min(0),
  /** Lines were skipped, so `told` is not a position in the output. */
  isInexact: z.boolean().optional(),
  /** Nothing more is reported: the end was reported, or the monitor was silenced. */
  isDone: z.boolean().optional(),
});
export type MonitorRecord = z.infer<typeof MonitorRecord>;

export interface UnreportedLines {
  readonly lines: readonly string[];
  readonly droppedLines: number;
  /** The total number of reported lines, including these. */
  readonly events: number;
}

/** Lines are tested in batches, so that a pattern that takes too long loses only one batch. Unit: lines. */
const BATCH_LINES = 500;

/** `isWhole`: the text is the whole output. Pure, except for the time limit of the pattern. */
export function findUnreportedLines(record: MonitorRecord, text: string, isWhole: boolean): UnreportedLines {
  const { lines: matching, skipped } = findMatchingLines(record.pattern, text);
  const left = matching.slice(record.told);
  if (record.isInexact === true || !isWhole) return { lines: [], droppedLines: left.length + skipped, events: record.told };
  const lines: string[] = [];
  let chars = 0;
  const most = Math.min(NOTICE_LINES, Math.max(0, record.maxEvents - record.told));
  for (const line of left) {
    if (lines.length >= most || chars + line.length > NOTICE_CHARS) break;
    lines.push(line);
    chars += line.length;
  }
  return { lines, droppedLines: left.length - lines.length + skipped, events: record.told + lines.length };
}

function findMatchingLines(source: string | undefined, text: string) {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  if (source === undefined) return { lines: all, skipped: 0 };
  const pattern = createLinePattern(source);
  const lines: string[] = [];
  let skipped = 0;
  for (let at = 0; at < all.length; at += BATCH_LINES) {
    const batch = all.slice(at, at + BATCH_LINES);
    const found = pattern.isTooSlow ? undefined : pattern.filter(batch);
    if (found === undefined) skipped += batch.length;
    else lines.push(...found);
  }
  return { lines, skipped };
}
