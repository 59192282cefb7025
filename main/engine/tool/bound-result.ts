/**
 * Keeps a result within the budget of what the model reads; the full text is saved to a readable file. Source:
 * docs/formats.md 4.3.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Tool, ToolContext } from './tool.ts';

/** Unit: UTF-16 code units. */
export const RESULT_LIMIT_CHARS = 25_000;
/** The end gets more room, because errors and totals are printed there. */
const HEAD_SHARE = 1 / 5;

/** Shell results apply their own limit (BT-26). If the file cannot be written, the text says that the rest is lost. */
export async function boundResult(text: string, tool: Tool, context: ToolContext): Promise<string> {
  if (tool.kind === 'shell') return text;
  const { maxChars = RESULT_LIMIT_CHARS, maxLines = Number.POSITIVE_INFINITY } = (await context.runSettings?.())?.results ?? {};
  const limitChars = Math.min(maxChars, charsOfLines(text, maxLines));
  if (text.length <= limitChars) return text;
  const headChars = Math.floor(limitChars * HEAD_SHARE);
  const head = cutEnd(text, headChars);
  const tail = cutStart(text, limitChars - headChars);
  const omitted = text.length - head.length - tail.length;
  const path = join(context.toolOutputDir, `${tool.name}_${randomBytes(6).toString('hex')}.output`);
  const where = await context.fs.writeBytes(path, Buffer.from(text)).then(
    () => `The whole text is in ${path}; read parts of it with read_file (offset, limit).`,
    (error: unknown) => {
      context.logger.warn('A long tool result could not be saved', { path, error: String(error) });
      return 'The rest could not be saved.';
    },
  );
  return `${head}\n\n[... ${omitted} characters left out. ${where} ...]\n\n${tail}`;
}

/** The number of characters in that many lines of average length; the whole text if it has no more lines. */
function charsOfLines(text: string, maxLines: number): number {
  const lines = Number.isFinite(maxLines) ? text.split('\n').length : 0;
  return lines <= maxLines ? text.length : Math.floor((text.length * maxLines) / lines);
}

const isLowSurrogate = (text: string, at: number) => /[\uDC00-\uDFFF]/.test(text.charAt(at));

/** A cut never splits a surrogate pair. */
function cutEnd(text: string, chars: number): string {
  return text.slice(0, isLowSurrogate(text, chars) ? chars - 1 : chars);
}

function cutStart(text: string, chars: number): string {
  const from = text.length - chars;
  return text.slice(isLowSurrogate(text, from) ? from + 1 : from);
}
