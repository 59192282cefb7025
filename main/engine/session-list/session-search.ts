/**
 * Searches the text of many sessions, one page at a time. The caller requests the next page with the cursor, so a slow client
 * costs nothing, and cancelling needs no request.
 * Memory: one line of one file at a time, and the hits of a page.
 */
import { join } from 'node:path';
import { Cursor, type SessionHit } from '../../../preload/contract/index.ts';
import { openRegular } from '../lib/regular-file.ts';
import { createLineFilter, findInRecord, isLong, parseRecord } from '../transcript/index.ts';
import { activeUuids, scanLines } from '../session-file/index.ts';
import { findInLongLine } from './search-long-line.ts';
import type { IndexedSession } from './session-index.ts';

/** A page is returned after this time, with or without hits, so that progress can be shown. Unit: ms. */
export const PAGE_BUDGET_MS = 250;

/** Files up to this size are scanned as a whole before they are parsed; a longer file is read line by line. Unit: bytes. */
const FILTERED_BYTES = 4 * 1024 * 1024;
const READ_AT_ONCE = 8;

export interface Searched extends IndexedSession {
  readonly chatsDir: string;
}

export interface SearchRequest {
  readonly query: string;
  readonly limit: number;
  readonly cursor?: Cursor;
}

export interface SearchPage {
  readonly hits: readonly Omit<SessionHit, 'projectId'>[];
  readonly searchedSessions: number;
  readonly totalSessions: number;
  readonly next?: Cursor;
}

/** `sessions` are newest first. A file that is missing or cannot be read has no hits. */
export async function searchSessions(
  sessions: readonly Searched[],
  { query, limit, cursor }: SearchRequest,
  nowMs: () => number,
  signal?: AbortSignal,
): Promise<SearchPage> {
  const totalSessions = sessions.length;
  const untilMs = nowMs() + PAGE_BUDGET_MS;
  const isLine = createLineFilter(query);
  const hits: Omit<SessionHit, 'projectId'>[] = [];
  const isOver = () => hits.length >= limit || nowMs() >= untilMs || signal?.aborted === true;
  const mayHold = createFilter(sessions, query);
  let { at, offset } = startOf(sessions, cursor);
  for (; at < sessions.length; at += 1, offset = 0) {
    const session = sessions[at];
    if (session === undefined) break;
    const stoppedAt = !(await mayHold(at))
      ? undefined
      : await searchFile(session, offset, { isLine, query, isOver, found: (hit) => hits.push(hit) });
    if (stoppedAt !== undefined) return { hits, searchedSessions: at, totalSessions, next: cursorAt(session, stoppedAt) };
    const following = sessions[at + 1];
    if (following !== undefined && isOver()) return { hits, searchedSessions: at + 1, totalSessions, next: cursorAt(following, 0) };
  }
  return { hits, searchedSessions: totalSessions, totalSessions };
}

interface FileSearch {
  readonly isLine: (line: string) => boolean;
  readonly query: string;
  readonly isOver: () => boolean;
  readonly found: (hit: Omit<SessionHit, 'projectId'>) => void;
}

/**
 * Rewound records are not found, except in a file too long for its chain to be read. Undefined: the file was read to its end; otherwise where
 * to continue. At least one line is read, so that every page makes progress.
 */
async function searchFile(session: Searched, from: number, { isLine, query, isOver, found }: FileSearch): Promise<number | undefined> {
  const { id, cwd, title, updatedAtMs } = session;
  const file = await openRegular(join(session.chatsDir, `${id}.jsonl`)).catch(() => undefined);
  if (file === undefined) return undefined;
  let active: Promise<ReadonlySet<string> | undefined> | undefined;
  try {
    for await (const line of scanLines(file, from)) {
      const record = isLong(line) || isLine(line.text) ? parseRecord(line.text) : undefined;
      const hits =
        record === undefined ? [] : isLong(line) ? await findInLongLine(file, line, { record, query }) : findInRecord(record, query);
      if (record !== undefined && hits.length > 0) {
        active ??= activeUuids(file);
        const isThere = (await active)?.has(record.uuid) ?? true;
        if (isThere) for (const hit of hits) found({ sessionId: id, cwd, title, updatedAtMs, ...hit });
      }
      if (line.complete && isOver()) return line.offset + line.length + 1;
    }
    return undefined;
  } catch {
    return undefined; // a folder with that name, or a disk error: the other sessions are still searched
  } finally {
    await file.close();
  }
}

/**
 * Checks, for a few sessions at a time, whether a session can contain the text at all. Most cannot, and are not split into lines.
 * Only for ASCII texts, whose length does not change with their case; with others, all sessions are read.
 */
function createFilter(sessions: readonly Searched[], query: string): (at: number) => Promise<boolean> {
  const needle = asciiNeedle(query);
  const verdicts = new Map<number, Promise<boolean>>();
  return async (at) => {
    if (needle === undefined) return true;
    if (!verdicts.has(at)) {
      verdicts.clear();
      sessions.slice(at, at + READ_AT_ONCE).forEach(({ chatsDir, id }, index) => {
        verdicts.set(at + index, fileMayHold(join(chatsDir, `${id}.jsonl`), needle));
      });
    }
    return (await verdicts.get(at)) ?? true;
  };
}

function asciiNeedle(query: string): string | undefined {
  const needle = JSON.stringify(query.toLowerCase()).slice(1, -1);
  return /^[\x20-\x7e]+$/.test(needle) && !needle.includes('/') ? needle : undefined;
}

async function fileMayHold(path: string, needle: string): Promise<boolean> {
  const file = await openRegular(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    if (size > FILTERED_BYTES) return true;
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return text.toLowerCase().includes(needle) || text.includes('\\u');
  } catch {
    return true; // the search itself reports the problem
  } finally {
    await file.close();
  }
}

/** A session that was written to in the meantime has moved in the list, so it is found by its id. */
function startOf(sessions: readonly Searched[], cursor: Cursor | undefined): { at: number; offset: number } {
  if (cursor === undefined) return { at: 0, offset: 0 };
  const [time = '', id = '', from = ''] = cursor.split(':');
  const same = sessions.findIndex((session) => session.id === id);
  if (same !== -1) return { at: same, offset: Number(from) || 0 };
  const later = sessions.findIndex((session) => session.updatedAtMs < Number(time));
  return { at: later === -1 ? sessions.length : later, offset: 0 };
}

function cursorAt({ updatedAtMs, id }: Searched, offset: number): Cursor {
  return Cursor.parse(`${updatedAtMs}:${id}:${offset}`);
}
