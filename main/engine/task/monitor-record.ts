/**
 * What a monitor's sidecar says of how far the model was told, and what is left to tell after a restart.
 * The lines themselves are in the output file: those that match, without as many as were told, are news. Where lines were
 * left out of the counting meanwhile (a flood), only their number is said, as it may be too high.
 */
import { z } from 'zod';
import { createLinePattern } from './line-pattern.ts';

/** One message to the model holds no more; the rest is in the output file. Units: lines, UTF-16 code units. */
export const NOTICE_LINES = 100;
export const NOTICE_CHARS = 8000;

export const MonitorRecord = z.object({
  description: z.string(),
  pattern: z.string().optional(),
  maxEvents: z.number().int(),
  /** Lines handed to the model so far. */
  told: z.number().int().min(0),
  /** Lines were skipped, so `told` is no place in the output. */
  isInexact: z.boolean().optional(),
  /** Nothing more is to be told: its end was, or somebody wanted silence. */
  isDone: z.boolean().optional(),
});
export type MonitorRecord = z.infer<typeof MonitorRecord>;

export interface UntoldLines {
  readonly lines: readonly string[];
  readonly droppedLines: number;
  /** Told before and now. */
  readonly events: number;
}

/** Judged at once, so that a pattern that takes too long on some lines only loses those. Unit: lines. */
const BATCH_LINES = 500;

/** `isWhole`: the text is the whole output. Pure, apart from the time a pattern may take. */
export function untoldLines(record: MonitorRecord, text: string, isWhole: boolean): UntoldLines {
  const { lines: matching, unjudged } = linesThatMatch(record.pattern, text);
  const left = matching.slice(record.told);
  if (record.isInexact === true || !isWhole) return { lines: [], droppedLines: left.length + unjudged, events: record.told };
  const lines: string[] = [];
  let chars = 0;
  const most = Math.min(NOTICE_LINES, Math.max(0, record.maxEvents - record.told));
  for (const line of left) {
    if (lines.length >= most || chars + line.length > NOTICE_CHARS) break;
    lines.push(line);
    chars += line.length;
  }
  return { lines, droppedLines: left.length - lines.length + unjudged, events: record.told + lines.length };
}

function linesThatMatch(source: string | undefined, text: string) {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  if (source === undefined) return { lines: all, unjudged: 0 };
  const pattern = createLinePattern(source);
  const lines: string[] = [];
  let unjudged = 0;
  for (let at = 0; at < all.length; at += BATCH_LINES) {
    const batch = all.slice(at, at + BATCH_LINES);
    const found = pattern.isHopeless ? undefined : pattern.filter(batch);
    if (found === undefined) unjudged += batch.length;
    else lines.push(...found);
  }
  return { lines, unjudged };
}
