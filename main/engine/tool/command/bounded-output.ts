/** A command's output as a model gets it: bounded, with both ends kept and every omission stated. Pure. */
import { defined, type TaskSummary } from '../../../../preload/contract/index.ts';
import { amount } from '../../lib/amount.ts';
import type { BoundedText } from '../../ports.ts';

/** Source: BT-26. Unit: UTF-16 code units. */
export const MAX_OUTPUT_CHARS = 30_000;
/** The beginning shows what was done; the end shows the outcome and the errors. */
const HEAD_SHARE = 1 / 3;

/**
 * Joins head and tail within `maxChars`; a line between them counts the omitted text and names the file.
 * Errors: none; binary output is replaced by its size (BT-27), lost bytes are counted (BT-7).
 */
export function outputForModel(text: BoundedText, outputPath: string | undefined, maxChars = MAX_OUTPUT_CHARS): string {
  const where = outputPath === undefined ? '' : ` All of it is in ${outputPath}.`;
  if (text.isBinary) return `[Binary output of ${amount(text.totalBytes, 'byte')}, not shown.${where}]`;
  const { head, tail, omittedChars } = boundEnds(text, maxChars);
  const parts = omittedChars === 0 ? [head + tail] : [head, `[... ${amount(omittedChars, 'character')} left out here.${where} ...]`, tail];
  if (text.droppedBytes > 0) parts.push(`[${amount(text.droppedBytes, 'byte')} of output could not be kept.]`);
  const lines = parts.map((part) => part.replace(/^\n+/, '').trimEnd()).filter((part) => part !== '');
  return lines.length === 0 ? '(no output)' : lines.join('\n');
}

/** The text for the row's card: without the path, which the card shows separately. */
export function outputForDisplay(text: BoundedText): string {
  return outputForModel(text, undefined);
}

/** The status of a task in words: "running", "completed (exit code 0)", "failed: Exited with code 2". */
export function statusInWords(task: TaskSummary): string {
  if (task.status === 'completed') return 'completed (exit code 0)';
  if (task.status === 'failed') return `failed: ${task.error ?? 'for an unknown reason'}`;
  if (task.status === 'interrupted') return 'ended when Gantry ended';
  return task.status;
}

/** How the process of an ended task ended, for its row and its record. */
export function processEnd({ exitCode, signal }: TaskSummary): { readonly exitCode?: number; readonly signal?: number } {
  return { ...defined({ exitCode, signal }) };
}

interface Ends {
  readonly head: string;
  readonly tail: string;
  readonly omittedChars: number;
}

function boundEnds(text: BoundedText, maxChars: number): Ends {
  const { head, tail, omittedChars } = text;
  if (head.length + tail.length <= maxChars) return { head, tail, omittedChars };
  // Without a gap the two are one text, wherever the digest has cut it.
  const front = omittedChars === 0 ? head + tail : head;
  const back = omittedChars === 0 ? head + tail : tail;
  const keptFront = wholeStart(front, Math.max(Math.floor(maxChars * HEAD_SHARE), maxChars - back.length));
  const keptBack = wholeEnd(back, maxChars - keptFront.length);
  return { head: keptFront, tail: keptBack, omittedChars: omittedChars + head.length + tail.length - keptFront.length - keptBack.length };
}

function wholeStart(text: string, length: number): string {
  return text.slice(0, isHighSurrogate(text, length - 1) ? length - 1 : length);
}

function wholeEnd(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  return text.slice(isHighSurrogate(text, start - 1) ? start + 1 : start);
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
