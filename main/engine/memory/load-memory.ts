/**
 * The memory of a session: the user's file, the notes of Qwen Code on the project, the files from the repository's root down to the project, those of additional
 * folders, and last the project's local one. Later files are more specific and take precedence.
 * Source: docs/formats.md 7.4.
 */
import { basename, dirname, join, relative } from 'node:path';
import type { WorkspaceFs } from '../ports.ts';
import { type ImportedFile, type LeftOut, readMemoryFile } from './read-memory.ts';

const DEFAULT_NAMES = ['QWEN.md', 'AGENTS.md'];
/** Limit for all files together, including imports; the least specific ones are dropped first. Unit: UTF-16 code units. */
const TOTAL_LIMIT_CHARS = 96 * 1024;
/** The repository's root is searched in at most this many parent folders. */
const MAX_PARENTS = 30;

export interface MemoryRequest {
  readonly fs: WorkspaceFs;
  readonly home: string;
  readonly qwenHome: string;
  readonly root: string;
  /** The files of an untrusted folder are instructions, so they are not read. */
  readonly isTrusted: boolean;
  readonly extraFolders: readonly string[];
  /** `context.fileName`. */
  readonly names?: readonly string[];
  /** The notes that Qwen Code collects about the project; absent: they are not read. */
  readonly managedFile?: string;
}

export interface MemoryFile {
  /** Absolute. */
  readonly path: string;
  /** As shown to the model: relative to the project, or beginning with `~`. */
  readonly label: string;
  readonly text: string;
  /** Its imports, in the order of the text. */
  readonly imports: readonly ImportedFile[];
}

export interface Memory {
  readonly files: readonly MemoryFile[];
  readonly leftOut: readonly LeftOut[];
}

/** Errors: none; a file that cannot be read counts as missing. */
export async function loadMemory(request: MemoryRequest): Promise<Memory> {
  const leftOut: LeftOut[] = [];
  const found: MemoryFile[] = [];
  const seen = new Set<string>();
  const folders = request.isTrusted ? await projectFolders(request) : [];
  const roots = await Promise.all([...folders, ...request.extraFolders].map((folder) => request.fs.realPath(folder)));
  const ownRoots = [await request.fs.realPath(request.qwenHome)];
  for (const { path, label, isOwn, isManaged = false } of candidates(request, folders)) {
    const real = await request.fs.realPath(path).catch(() => path);
    if (seen.has(real)) continue; // one name is a link to the other
    const read = await readMemoryFile(
      { fs: request.fs, home: request.home, roots: isManaged ? await ownFolder(request, path) : isOwn ? ownRoots : roots, leftOut },
      path,
    );
    if (read === undefined || found.some((file) => file.text === read.text)) continue;
    for (const done of [real, ...read.imports.map((one) => one.path)]) seen.add(done); // imported files are not read a second time
    found.push({ path, label, text: read.text, imports: read.imports });
  }
  return { files: withinLimit(found, leftOut), leftOut };
}

interface Candidate {
  readonly path: string;
  readonly label: string;
  readonly isOwn: boolean;
  /** Written by a model: its imports come from its own folder alone. */
  readonly isManaged?: boolean;
}

async function ownFolder({ fs }: MemoryRequest, path: string): Promise<readonly string[]> {
  return [await fs.realPath(dirname(path))];
}

function candidates(
  { qwenHome, root, names, isTrusted, extraFolders, managedFile }: MemoryRequest,
  folders: readonly string[],
): readonly Candidate[] {
  const projectNames = names ?? DEFAULT_NAMES;
  const own = (names ?? ['QWEN.md']).map((name) => ({ path: join(qwenHome, name), label: `~/${basename(qwenHome)}/${name}`, isOwn: true }));
  if (!isTrusted) return own;
  const theirs = (path: string) => ({ path, label: relative(root, path), isOwn: false });
  return [
    ...own,
    ...(managedFile === undefined ? [] : [{ path: managedFile, label: "Qwen Code's notes on this project", isOwn: true, isManaged: true }]),
    ...[...folders, ...extraFolders].flatMap((folder) => projectNames.map((name) => theirs(join(folder, name)))),
    theirs(join(root, '.qwen', 'QWEN.local.md')),
  ];
}

/** From the root of the repository down to the project; only the project if it is not in a repository. */
async function projectFolders({ fs, root }: MemoryRequest): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = root; folders.length < MAX_PARENTS; folder = dirname(folder)) {
    folders.unshift(folder);
    if ((await fs.stat(join(folder, '.git')).catch(() => undefined)) !== undefined) return folders;
    if (dirname(folder) === folder) break;
  }
  return [root];
}

function withinLimit(files: readonly MemoryFile[], leftOut: LeftOut[]): readonly MemoryFile[] {
  let left = TOTAL_LIMIT_CHARS;
  const kept: MemoryFile[] = [];
  for (const file of files.toReversed()) {
    if (file.text.length <= left) kept.unshift(file);
    else leftOut.push({ path: file.label, reason: `all memory files together may have ${TOTAL_LIMIT_CHARS / 1024} thousand characters` });
    left -= Math.min(left, file.text.length);
  }
  return kept;
}
