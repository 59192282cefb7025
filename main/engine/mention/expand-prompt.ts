/**
 * Adds the contents of the files that a prompt names with `@`, within limits. The user's text is unchanged.
 * Files that need approval are not read; the model is informed, and can read them with its own tools.
 * Source: docs/formats.md 7.2; docs/approvals.md.
 */
import { basename, relative, resolve, sep } from 'node:path';
import type { UnreadCause } from '../../../preload/contract/index.ts';
import { classifyPath } from '../approval/index.ts';
import type { WorkspaceFs } from '../ports.ts';
import type { MediaPart } from '../provider/provider.ts';
import { decodeFile, type FileReads } from '../tool/index.ts';
import { findMentions } from './find-mentions.ts';
import type { PathList } from './path-lists.ts';
import { detectMediaType } from './media-type.ts';

/** The limit of one `read_file` call. Unit: UTF-16 code units. */
const MAX_FILE_CHARS = 24_000;
/** Limit for all files of a prompt together. */
const MAX_PROMPT_CHARS = 120_000;
/** Bytes beyond this exceed the limit in characters above. */
const MAX_TEXT_BYTES = 256 * 1024;
/** Providers refuse larger files. Unit: bytes. */
const MAX_MEDIA_BYTES = 10 * 1024 * 1024;
const MAX_MENTIONS = 50;
const MAX_FOLDER_NAMES = 300;
/** Files of a folder beyond this number are listed without their contents. */
const MAX_FOLDER_FILES = 20;

/** A named file that was not read. `why` is for the model and for hosts without a window: a clause that follows a colon. */
export interface UnreadFile {
  readonly path: string;
  readonly why: string;
  readonly cause: UnreadCause;
}

export interface PromptContent {
  /** Sent to the model after the user's text; may be empty. */
  readonly attached: string;
  readonly media: readonly MediaPart[];
  readonly unread: readonly UnreadFile[];
}

export interface ExpansionScope {
  readonly root: string;
  readonly extraFolders: readonly string[];
  /** The user's home folder. */
  readonly home?: string;
  readonly fs: Pick<WorkspaceFs, 'stat' | 'readBytes' | 'realPath'>;
  /** The files of the project, filtered by the ignore files. */
  readonly list: (options?: { fresh: boolean }) => Promise<PathList>;
  /** Absolute paths for which the rules deny access or require approval. */
  readonly isHidden: (path: string) => boolean;
  /** A file that was included completely counts as read. */
  readonly reads: FileReads;
}

/** Never rejects: a file that fails is listed in `unread`. A path that does not exist is ordinary text. */
export async function expandPrompt(text: string, place: ExpansionScope): Promise<PromptContent> {
  const blocks: string[] = [];
  const media: MediaPart[] = [];
  const unread: UnreadFile[] = [];
  const budget: Budget = { leftChars: MAX_PROMPT_CHARS };
  for (const { path } of findMentions(text).slice(0, MAX_MENTIONS)) {
    try {
      const found = await readMention(path, place, budget);
      if (found === undefined) continue;
      if ('why' in found) unread.push({ path, ...found });
      else {
        blocks.push(found.block);
        if (found.media !== undefined) media.push(found.media);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      unread.push({ path, why: message, cause: { code: 'other', message } });
    }
  }
  const notes = unread.map(({ path, why }) => `[@${path} was not read: ${why} If it is needed, use your tools: they ask the user.]`);
  const parts = [...blocks, ...notes];
  return { attached: parts.length === 0 ? '' : ['[Files named in this message]', ...parts].join('\n\n'), media, unread };
}

interface Budget {
  leftChars: number;
}

type Found = { readonly block: string; readonly media?: MediaPart } | Omit<UnreadFile, 'path'> | undefined;

async function readMention(path: string, place: ExpansionScope, budget: Budget): Promise<Found> {
  const { root, extraFolders, fs } = place;
  const asked = resolve(root, path);
  const stat = await fs.stat(asked);
  if (stat === undefined) return undefined;
  const real = await fs.realPath(asked);
  const facts = classifyPath(real, asked, [root, ...extraFolders], place.home);
  if (!facts.isInside) return { why: 'it is outside this folder.', cause: { code: 'outside' } };
  if ([real, asked].some((name) => place.isHidden(name)))
    return { why: 'your permission rules deny it, or require approval.', cause: { code: 'denied' } };
  if (facts.protection === 'secret') return { why: 'files like this contain keys or passwords.', cause: { code: 'secret' } };
  const inRoot = pathIn(root, real);
  if (inRoot === '.git' || inRoot?.startsWith('.git/') === true) return { why: 'it belongs to Git.', cause: { code: 'git' } };
  if (stat.isDirectory) return await readFolder(path, real, place, budget);
  if (inRoot !== undefined && !(await isListed(inRoot, place)))
    return { why: 'an ignore file (.gitignore or .qwenignore) names it.', cause: { code: 'ignored' } };
  return await readFile(path, real, place, budget);
}

/** With `/`; empty for the root itself, undefined for a path outside. */
function pathIn(root: string, real: string): string | undefined {
  const way = relative(root, real).split(sep).join('/');
  return way.startsWith('../') || way === '..' || resolve(root, way) !== real ? undefined : way;
}

/** A file may be newer than the list. */
async function isListed(path: string, { list }: ExpansionScope): Promise<boolean> {
  return (await list()).has(path) || (await list({ fresh: true })).has(path);
}

async function readFile(shown: string, real: string, { fs, reads }: ExpansionScope, budget: Budget): Promise<Found> {
  const stat = await fs.stat(real);
  if (stat === undefined || !stat.isFile) return { why: 'it is not a file.', cause: { code: 'not_a_file' } };
  const head = await fs.readBytes(real, MAX_TEXT_BYTES);
  const isComplete = stat.sizeBytes <= head.length;
  const mimeType = detectMediaType(head);
  if (mimeType !== undefined) {
    if (stat.sizeBytes > MAX_MEDIA_BYTES)
      return {
        why: `it is larger than ${MAX_MEDIA_BYTES / 1024 / 1024} MB.`,
        cause: { code: 'too_large', megabytes: MAX_MEDIA_BYTES / 1024 / 1024 },
      };
    const bytes = isComplete ? head : await fs.readBytes(real, MAX_MEDIA_BYTES);
    const data = Buffer.from(bytes).toString('base64');
    return { block: `--- ${shown} (${mimeType}, attached) ---`, media: { mimeType, data, name: basename(real) } };
  }
  const decoded = await decodeFile(head, { isComplete });
  if (decoded.kind === 'binary')
    return { why: `it is ${decoded.fileKind.name}, not text.`, cause: { code: 'binary', group: decoded.fileKind.group } };
  const room = Math.min(MAX_FILE_CHARS, budget.leftChars);
  if (room <= 0) return { why: 'the files of this message exceed the limit together.', cause: { code: 'no_room' } };
  const cut = cutAtLine(decoded.text, room);
  budget.leftChars -= cut.length;
  const isWhole = isComplete && cut.length === decoded.text.length;
  if (isWhole) reads.record(real, { mtimeMs: stat.mtimeMs, sizeBytes: stat.sizeBytes });
  const rest = isWhole ? '' : `\n[Only the first ${cut.split('\n').length} lines are shown. Continue with read_file on ${real}.]`;
  return { block: `--- ${shown} ---\n${cut}${rest}` };
}

function cutAtLine(text: string, room: number): string {
  if (text.length <= room) return text;
  const newline = text.lastIndexOf('\n', room);
  return text.slice(0, newline > 0 ? newline : room);
}

/** Lists the names in a folder at any depth, and as many contents as the limits allow. */
async function readFolder(shown: string, real: string, place: ExpansionScope, budget: Budget): Promise<Found> {
  const inRoot = pathIn(place.root, real);
  if (inRoot === undefined) return { why: 'folders are listed only inside the project.', cause: { code: 'folder_outside' } };
  const start = inRoot === '' ? '' : `${inRoot}/`;
  const list = await place.list({ fresh: true });
  const files = list.entries
    .filter(({ path }) => path.startsWith(start) && !path.endsWith('/') && !place.isHidden(resolve(place.root, path)))
    .map(({ path }) => path);
  if (files.length === 0) return { block: `--- ${shown} (folder) ---\n[It contains only ignored files, or none.]` };
  files.sort((a, b) => getDepth(a) - getDepth(b) || (a < b ? -1 : 1));
  const names = files.slice(0, MAX_FOLDER_NAMES).map((path) => path.slice(start.length));
  const more = files.length > names.length ? `\n[and ${files.length - names.length} more]` : '';
  const blocks = [`--- ${shown} (folder, ${files.length} ${files.length === 1 ? 'file' : 'files'}) ---\n${names.join('\n')}${more}`];
  for (const path of files.slice(0, MAX_FOLDER_FILES)) {
    const file = resolve(place.root, path);
    if (classifyPath(file, file, [place.root], place.home).protection === 'secret') continue;
    if (budget.leftChars <= 0) break;
    const found = await readFile(path, file, place, budget);
    // An image inside a folder was not named itself, and files without text are only listed.
    if (found !== undefined && 'block' in found && found.media === undefined) blocks.push(found.block);
  }
  if (files.length > MAX_FOLDER_FILES) blocks.push(`[Contents of the other ${files.length - MAX_FOLDER_FILES} files are not shown.]`);
  return { block: blocks.join('\n\n') };
}

function getDepth(path: string): number {
  return path.split('/').length;
}
