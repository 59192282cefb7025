/**
 * The sessions of a project, from the files themselves: only the beginning and the end of each is read, and what was
 * found is kept until size or time of the file change. Source: qwen-code.md 2.1, 2.3.
 */
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SessionId } from '../../../preload/contract/index.ts';
import { readHeader } from './record-chain.ts';
import { parseRecord, type SessionRecord } from './session-record.ts';

const FILE_NAME = /^([0-9a-fA-F-]{32,36})\.jsonl$/;
/** Titles are written again every 32 KB, so this much of the end holds the last one. Unit: bytes. */
const EDGE_BYTES = 64 * 1024;
/** A first prompt with a pasted file can be long; beyond this the session is listed without its text. Unit: bytes. */
const LONG_FIRST_LINE_BYTES = 1024 * 1024;
const MAX_TITLE_CHARS = 200;
const READ_AT_ONCE = 16;

export interface IndexedSession {
  readonly id: SessionId;
  readonly title: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The folder it was begun in. */
  readonly cwd: string;
}

export interface SessionIndex {
  /**
   * Newest first; files of another folder with the same sanitized name are left out, unless `cwd` is absent. A missing
   * folder is an empty list.
   */
  list(chatsDir: string, cwd?: string): Promise<readonly IndexedSession[]>;
}

interface Cached {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly entry: IndexedSession;
}

export function createSessionIndex(): SessionIndex {
  const cache = new Map<string, Cached>();

  async function look(path: string, id: SessionId): Promise<Cached | undefined> {
    const found = await stat(path).catch(() => undefined); // deleted between listing and reading
    if (found === undefined || found.size === 0) return undefined;
    const cached = cache.get(path);
    if (cached !== undefined && cached.sizeBytes === found.size && cached.mtimeMs === found.mtimeMs) return cached;
    const edges = await readEdges(path, found.size).catch(() => undefined); // unreadable: not listed
    if (edges === undefined) return undefined;
    const { first, title } = describe(edges);
    const createdAtMs = Date.parse(first?.timestamp ?? '') || found.birthtimeMs;
    const fresh = {
      sizeBytes: found.size,
      mtimeMs: found.mtimeMs,
      entry: { id, title, createdAtMs, updatedAtMs: found.mtimeMs, cwd: first?.cwd ?? '' },
    };
    cache.set(path, fresh);
    return fresh;
  }

  return {
    async list(chatsDir, cwd) {
      const names = await readdir(chatsDir).catch(() => []);
      const files = names.flatMap((name) => {
        const id = FILE_NAME.exec(name)?.[1];
        return id === undefined ? [] : [{ path: join(chatsDir, name), id: SessionId.parse(id) }];
      });
      const found: IndexedSession[] = [];
      for (let at = 0; at < files.length; at += READ_AT_ONCE) {
        const batch = await Promise.all(files.slice(at, at + READ_AT_ONCE).map(({ path, id }) => look(path, id)));
        for (const entry of batch.flatMap((cached) => cached?.entry ?? []))
          if (entry.cwd !== '' && (cwd === undefined || isSameFolder(entry.cwd, cwd))) found.push(entry);
      }
      return found.sort((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
  };
}

/** The sanitized folder name is not unique, so every reader compares the path in the first record. */
export function isSameFolder(recorded: string | undefined, cwd: string): boolean {
  const normalize = (path: string) => (process.platform === 'win32' ? path.toLowerCase() : path);
  return recorded !== undefined && normalize(recorded) === normalize(cwd);
}

/** What stands in the list for a session without a name: the first line of its first prompt. */
export function titleFromPrompt(text: string): string {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .find((part) => part !== '');
  return (line ?? '').slice(0, MAX_TITLE_CHARS);
}

async function readEdges(path: string, size: number): Promise<{ head: string; tail: string }> {
  const file = await open(path, 'r');
  try {
    const head = await readText(file, 0, Math.min(size, EDGE_BYTES));
    const whole = head.includes('\n') || size <= EDGE_BYTES;
    const tail = size <= EDGE_BYTES ? head : await readText(file, Math.max(0, size - EDGE_BYTES), EDGE_BYTES);
    return { head: whole ? head : await readText(file, 0, Math.min(size, LONG_FIRST_LINE_BYTES)), tail };
  } finally {
    await file.close();
  }
}

async function readText(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}

function describe({ head, tail }: { head: string; tail: string }): { first: SessionRecord | undefined; title: string } {
  const records = head.split('\n').flatMap((line) => parseRecord(line) ?? []);
  const prompt = records.find((record) => record.type === 'user' && record.subtype === undefined && record.gantry?.shell === undefined);
  const named = tail
    .split('\n')
    .filter((line) => line.includes('custom_title'))
    .findLast((line) => readHeader(line)?.customTitle !== undefined);
  const customTitle = named === undefined ? undefined : readHeader(named)?.customTitle;
  return {
    first: records[0],
    title: customTitle ?? titleFromPrompt(prompt?.message?.parts.map((part) => part.text ?? '').join('\n') ?? ''),
  };
}
