/**
 * The steps of a file change, shared by `edit` and `write_file`: check (missing, readable, read before and unchanged since),
 * decode, and later write back in the same format. It requests no approval and does not choose the content.
 */
import { createHash } from 'node:crypto';
import type { FileStat } from '../../ports.ts';
import { absolutePath, shownPath } from '../paths.ts';
import type { ReadState, ToolContext } from '../tool.ts';
import { decodeFile, encodeText, PLAIN_UTF8, type TextFormat } from './text-format.ts';

/** A larger file is data; holding several copies of it in memory costs too much. Unit: bytes. */
const MAX_CHANGE_BYTES = 10 * 1024 * 1024;

/** `path` is the real path: a link's target is written, and `reads` stores targets. */
export type FileToChange =
  | { readonly kind: 'missing'; readonly path: string; readonly shown: string }
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly shown: string;
      readonly text: string;
      readonly format: TextFormat;
      readonly stat: FileStat;
      /** Encoding the text again gives the same bytes. Otherwise an edit would damage text that it does not change. */
      readonly isExact: boolean;
    }
  | { readonly kind: 'refused'; readonly why: string };

export async function openForChange(filePath: string, context: ToolContext): Promise<FileToChange> {
  const shown = shownPath(filePath, context);
  const path = await context.fs.realPath(absolutePath(filePath, context));
  const stat = await context.fs.stat(path);
  if (stat === undefined) return { kind: 'missing', path, shown };
  const refused = (why: string): FileToChange => ({ kind: 'refused', why });
  if (stat.isDirectory) return refused(`${shown} is a folder, not a file.`);
  if (!stat.isFile) return refused(`${shown} is not a regular file.`);
  if (stat.sizeBytes > MAX_CHANGE_BYTES)
    return refused(`${shown} has ${stat.sizeBytes} bytes, too many for this tool. Use a shell command.`);
  const read = context.reads.get(path);
  // An empty file has no content to lose, so it need not be read first.
  if (stat.sizeBytes > 0 && read === undefined)
    return refused(`${shown} exists but has not been read in this session. Read it with read_file first, then change it.`);
  const bytes = await (context.documents ?? context.fs).readBytes(path, MAX_CHANGE_BYTES);
  if (stat.sizeBytes > 0 && read !== undefined && !isAsRead(read, stat, bytes)) return refused(changedSince(shown));
  const decoded = await decodeFile(bytes, { isComplete: true });
  if (decoded.kind === 'binary') return refused(`${shown} is ${decoded.fileKind.name}; this tool changes text files only.`);
  const again = await encodeText(decoded.text, decoded.format);
  const isExact = again.ok && Buffer.compare(again.bytes, bytes) === 0;
  return { kind: 'text', path, shown, text: decoded.text, format: decoded.format, stat, isExact };
}

/** Writes the text in the file's format. Returns the reason for a failure, or undefined on success. */
export async function saveChange(
  file: Exclude<FileToChange, { kind: 'refused' }>,
  text: string,
  context: ToolContext,
): Promise<string | undefined> {
  const format = file.kind === 'text' ? file.format : PLAIN_UTF8;
  const encoded = await encodeText(text, format);
  if (!encoded.ok) return cannotHold(file.shown, format, encoded.lost);
  // Checked again right before writing: computing the change took time, and other programs write here too.
  const now = await context.fs.stat(file.path);
  const before = file.kind === 'text' ? file.stat : undefined;
  if (now?.mtimeMs !== before?.mtimeMs || now?.sizeBytes !== before?.sizeBytes) return changedSince(file.shown);
  await context.changes.before(file.path);
  await (context.documents ?? context.fs).writeBytes(file.path, encoded.bytes);
  await context.changes.wrote(file.path, encoded.bytes);
  const written = await context.fs.stat(file.path);
  if (written !== undefined)
    context.reads.record(file.path, { mtimeMs: written.mtimeMs, sizeBytes: written.sizeBytes, hash: contentHash(encoded.bytes) });
  return undefined;
}

export function contentHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The content decides if it is known: timestamps can stay the same across a change, and change without one. */
function isAsRead(read: ReadState, stat: FileStat, bytes: Uint8Array): boolean {
  if (read.hash !== undefined) return read.hash === contentHash(bytes);
  return read.mtimeMs === stat.mtimeMs && read.sizeBytes === stat.sizeBytes;
}

function changedSince(shown: string): string {
  return `${shown} has changed since it was read, by the user or another program. Read it again, then change it.`;
}

function cannotHold(shown: string, format: TextFormat, lost: string): string {
  const code = lost.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '?';
  return `${shown} is encoded as ${format.encoding}, which cannot hold "${lost}" (U+${code}). Leave it out, or convert the file first.`;
}
