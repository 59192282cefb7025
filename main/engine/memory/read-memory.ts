/**
 * Reads one memory file and inserts its imports where they are named.
 * An import is resolved relative to the file that names it, up to five levels deep, each file once per path, and only in
 * trusted folders. An import that is not read stays as written, and is reported.
 */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { classifyPath } from '../approval/index.ts';
import type { WorkspaceFs } from '../ports.ts';
import { findImports } from './imports.ts';

/** Source: docs/formats.md 7.4. */
const MAX_DEPTH = 5;
/** Limit for one file; the rest is cut, with a note. Unit: bytes. */
export const FILE_LIMIT_BYTES = 32 * 1024;

export interface LeftOut {
  readonly path: string;
  /** The reason, for users and for the model. */
  readonly reason: string;
}

export interface ReadRequest {
  readonly fs: WorkspaceFs;
  readonly home: string;
  /** Real paths: imports from other folders are not read. */
  readonly roots: readonly string[];
  readonly leftOut: LeftOut[];
}

/** A file that was included; `path` is real, `parent` the file that names it. */
export interface ImportedFile {
  readonly path: string;
  readonly parent: string;
}

/** Undefined: the file does not exist or is empty. */
export async function readMemoryFile(
  request: ReadRequest,
  path: string,
): Promise<{ text: string; imports: readonly ImportedFile[] } | undefined> {
  const text = await readText(request, path);
  if (text === undefined || text.trim() === '') return undefined;
  const imports: ImportedFile[] = [];
  return { text: (await expand(request, { path, text, above: [await request.fs.realPath(path)] }, imports)).trim(), imports };
}

interface Place {
  readonly path: string;
  readonly text: string;
  /** Real paths from the outermost file to this one. */
  readonly above: readonly string[];
}

async function expand(request: ReadRequest, { path, text, above }: Place, imports: ImportedFile[]): Promise<string> {
  let expanded = '';
  let from = 0;
  for (const found of findImports(text)) {
    const target = resolveImport(request, path, found.path);
    const inner = await readImport(request, target, { written: found.path, above });
    if (inner === undefined) continue;
    imports.push({ path: inner.real, parent: path });
    const body = await expand(request, { path: target, text: inner.text, above: [...above, inner.real] }, imports);
    expanded += `${text.slice(from, found.start)}[from ${found.path}]\n${body.trim()}\n[end of ${found.path}]`;
    from = found.end;
  }
  return expanded + text.slice(from);
}

function resolveImport({ home }: ReadRequest, from: string, written: string): string {
  if (written.startsWith('~/')) return join(home, written.slice(2));
  return isAbsolute(written) ? written : resolve(dirname(from), written);
}

async function readImport(
  request: ReadRequest,
  target: string,
  { written, above }: { written: string; above: readonly string[] },
): Promise<{ text: string; real: string } | undefined> {
  const { fs, roots, leftOut } = request;
  const refuse = (reason: string) => void leftOut.push({ path: `@${written}`, reason });
  const stat = await fs.stat(target).catch(() => undefined);
  if (stat?.isFile !== true) {
    if (/\.(md|txt)$/.test(written)) refuse('the file does not exist'); // any other word with an @ is not an import
    return undefined;
  }
  const real = await fs.realPath(target);
  const facts = classifyPath(real, target, roots, request.home);
  if (!facts.isInside) refuse('it is outside the trusted folders');
  else if (facts.protection === 'secret') refuse('it may hold secrets');
  else if (above.includes(real)) refuse('it imports itself');
  else if (above.length > MAX_DEPTH) refuse(`it is more than ${MAX_DEPTH} imports deep`);
  else {
    const text = await readText(request, target);
    return text === undefined ? undefined : { text, real };
  }
  return undefined;
}

async function readText({ fs }: ReadRequest, path: string): Promise<string | undefined> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat?.isFile !== true || stat.sizeBytes === 0) return undefined;
  const bytes = await fs.readBytes(path, FILE_LIMIT_BYTES).catch(() => undefined);
  if (bytes === undefined || bytes.includes(0)) return undefined; // binary files are ignored
  const cut = stat.sizeBytes > FILE_LIMIT_BYTES ? `\n[cut: the file has ${stat.sizeBytes} bytes]` : '';
  return `${new TextDecoder().decode(bytes)}${cut}`;
}
