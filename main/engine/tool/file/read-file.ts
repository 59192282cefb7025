import { basename } from 'node:path';
import { z } from 'zod';
import { RESULT_LIMIT_CHARS } from '../bound-result.ts';
import { failure } from '../define-tool.ts';
import { absolutePath, shownPath, touchedPaths } from '../paths.ts';
import { whyExcluded } from '../search/ignore-files.ts';
import type { Tool, ToolResult } from '../tool.ts';
import { contentHash } from './changed-file.ts';
import type { FileKind } from './file-kind.ts';
import { decodeFile } from './text-format.ts';

const Input = z.object({
  file_path: z.string().min(1).describe('Absolute path'),
  offset: z.number().int().min(0).optional().describe('First line, counted from 0'),
  limit: z.number().int().min(1).optional().describe('Lines, at most 2000'),
  pages: z.string().optional(),
});
type Input = z.infer<typeof Input>;

const MAX_LINES = 2_000;
const MAX_LINE_CHARS = 2_000;
/** A page ends at a line before the result's limit: a page cut inside a line would have no offset to continue at. */
const MAX_PAGE_CHARS = RESULT_LIMIT_CHARS - 500;
/** Only the beginning of a larger file is read; a shell command reaches the rest. Unit: bytes. */
const MAX_READ_BYTES = 32 * 1024 * 1024;
/** Providers refuse larger ones. Unit: bytes. */
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const MAX_PDF_BYTES = 10 * 1024 * 1024;

/** Reads lines of a text file and stores its state, which `edit` and `write_file` require. */
export const readFileTool: Tool<Input> = {
  name: 'read_file',
  description: 'Read a text file: up to 2000 lines or 24,000 characters from the start, or from offset. Images and PDF are shown.',
  kind: 'read',
  input: Input,
  isReadOnly: true,
  describe: (input, context) => ({ verb: 'read', target: shownPath(input.file_path, context) }),

  async preview(input, context) {
    const refusal = await whyExcluded(input.file_path, context);
    if (refusal !== undefined) return { ok: false, refusal };
    const action = { code: 'read', path: shownPath(input.file_path, context) } as const;
    return { ok: true, action, display: { kind: 'none' }, touches: await touchedPaths(input.file_path, context) };
  },

  async execute(input, context) {
    const shown = shownPath(input.file_path, context);
    const path = await context.fs.realPath(absolutePath(input.file_path, context));
    // Before the bytes: a change in between must make the file count as changed, not as read.
    const stat = await context.fs.stat(path);
    if (stat === undefined) return failure(`There is no file ${absolutePath(input.file_path, context)}.`);
    if (stat.isDirectory) return failure(`${shown} is a folder. Use list_directory or glob.`);
    if (input.pages !== undefined)
      return failure('Single pages cannot be picked out. Leave `pages` away to see a whole PDF, or use offset and limit for text.');
    const bytes = await (context.documents ?? context.fs).readBytes(path, MAX_READ_BYTES);
    const isComplete = bytes.length < MAX_READ_BYTES || stat.sizeBytes === bytes.length;
    const decoded = await decodeFile(bytes, { isComplete });
    if (decoded.kind === 'binary') return mediaResult(bytes, { shown, fileKind: decoded.fileKind, sizeBytes: stat.sizeBytes });
    const whole = isComplete ? { hash: contentHash(bytes) } : {};
    context.reads.record(path, { mtimeMs: stat.mtimeMs, sizeBytes: stat.sizeBytes, ...whole });
    const from = input.offset ?? 0;
    return pageResult(shown, decoded.text, { from, limit: Math.min(input.limit ?? MAX_LINES, MAX_LINES), isComplete });
  },
};

interface Page {
  readonly from: number;
  readonly limit: number;
  readonly isComplete: boolean;
}

function pageResult(shown: string, text: string, page: Page): ToolResult {
  const { total, wanted } = scanLines(text, page);
  if (total === 0) return result(`${shown} is empty.`, `Read ${shown}: empty`);
  if (page.from >= total) return failure(`${shown} has ${countOf(total, page)}; offset ${page.from} is beyond its end.`);
  const chosen = fittingLines(wanted);
  const to = page.from + chosen.length;
  const body = chosen.join('\n');
  if (page.from === 0 && to === total && page.isComplete) return result(body, `Read ${shown}: ${countOf(total, page)}`);
  const next = to < total ? ` Continue with offset ${to}.` : '';
  const beyond = page.isComplete
    ? ''
    : ` Only the first ${MAX_READ_BYTES} bytes can be read here; for the rest use grep_search or a shell command.`;
  const notice = `[Showing lines ${page.from + 1}-${to} of ${countOf(total, page)}.${next}${beyond}]`;
  return result(`${notice}\n${body}`, `Read ${shown}: lines ${page.from + 1}-${to} of ${countOf(total, page)}`);
}

/** Counts all lines and copies only the requested ones: splitting a large file takes most of a second. */
function scanLines(text: string, page: Page): { total: number; wanted: readonly string[] } {
  const wanted: string[] = [];
  let total = 0;
  for (let start = 0; start < text.length; total += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (total >= page.from && total < page.from + page.limit) wanted.push(text.slice(start, end).replace(/\r$/, ''));
    start = end + 1;
  }
  return { total, wanted };
}

function fittingLines(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let chars = 0;
  for (const line of lines) {
    const cut = cutLine(line);
    chars += cut.length + 1;
    if (chars > MAX_PAGE_CHARS) break;
    kept.push(cut);
  }
  return kept;
}

function countOf(total: number, page: Page): string {
  return `${page.isComplete ? '' : 'more than '}${total} ${total === 1 ? 'line' : 'lines'}`;
}

function cutLine(line: string): string {
  if (line.length <= MAX_LINE_CHARS) return line;
  return `${line.slice(0, MAX_LINE_CHARS)}... [line cut, ${line.length - MAX_LINE_CHARS} more characters]`;
}

function result(text: string, summary: string): ToolResult {
  return { text, display: { kind: 'none' }, isError: false, summary };
}

interface MediaFile {
  readonly shown: string;
  readonly fileKind: FileKind;
  readonly sizeBytes: number;
}

/** An image or a document is passed to the model unchanged; the provider knows whether the model can read it. */
function mediaResult(bytes: Uint8Array, { shown, fileKind, sizeBytes }: MediaFile): ToolResult {
  const what = `${shown} is ${fileKind.name} (${sizeBytes} bytes)`;
  const { mimeType, group } = fileKind;
  if (mimeType === undefined) return failure(`${what}, ${group === 'image' ? 'which models do not read' : 'not text'}; it was not read.`);
  const limitBytes = group === 'pdf' ? MAX_PDF_BYTES : MAX_IMAGE_BYTES;
  if (sizeBytes > limitBytes) return failure(`${what}, more than the ${limitBytes / 1024 / 1024} MB that can be shown to a model.`);
  const media = [{ mimeType, data: Buffer.from(bytes).toString('base64'), name: basename(shown) }];
  return { ...result(`${what}. It follows.`, `Read ${shown}: ${fileKind.name}`), media };
}
