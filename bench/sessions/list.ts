/** The list of a folder with many sessions: the first time, again, in a new process, after one change; and a search. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIndexCache } from '../../main/engine/session-list/index-cache.ts';
import { createSessionIndex } from '../../main/engine/session-list/session-index.ts';
import { searchSessions } from '../../main/engine/session-list/session-search.ts';
import type { Cursor } from '../../preload/contract/index.ts';
import { turnLines } from './records.ts';

/** For every list after the first. Unit: ms. Source: docs/testing.md, "Budgets". */
const LIST_LIMIT_MS = 150;
const CWD = '/project';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function measureList(folder: string, count: number) {
  const chats = join(folder, 'chats');
  await mkdir(chats, { recursive: true });
  let totalBytes = 0;
  for (let at = 0; at < count; at += 1) totalBytes += await writeSession(chats, at);
  const cache = () => createIndexCache(join(folder, 'index'), silent);

  const index = createSessionIndex(cache());
  const first = await timed(() => index.list(chats, CWD));
  await index.flush();
  const second = await timed(() => index.list(chats, CWD));
  const restarted = await timed(() => createSessionIndex(cache()).list(chats, CWD));
  await appendFile(join(chats, `${idOf(1)}.jsonl`), `${turnLines({ turn: 99, cwd: CWD }).join('\n')}\n`);
  const changed = await timed(() => index.list(chats, CWD));
  const search = await measureSearch(
    chats,
    (await index.list(chats, CWD)).map((entry) => ({ ...entry, chatsDir: chats })),
  );

  const later = { second: second.ms, restarted: restarted.ms, changed: changed.ms };
  const problems = Object.entries(later).flatMap(([name, ms]) =>
    ms > LIST_LIMIT_MS ? [`The list took ${ms} ms (${name}); at most ${LIST_LIMIT_MS} ms are allowed.`] : [],
  );
  if (second.value.length !== count) problems.push(`The list has ${second.value.length} of ${count} sessions.`);
  return {
    sessions: count,
    megabytes: Math.round(totalBytes / 1e6),
    firstMs: first.ms,
    secondMs: second.ms,
    afterRestartMs: restarted.ms,
    afterOneChangeMs: changed.ms,
    cpuMs: { first: first.cpuMs, second: second.cpuMs, afterRestart: restarted.cpuMs, afterOneChange: changed.cpuMs },
    firstToSecond: round(first.ms / second.ms),
    changeToSecond: round(changed.ms / second.ms),
    search,
    problems,
  };
}

async function measureSearch(chats: string, sessions: Parameters<typeof searchSessions>[0]) {
  const startedAt = performance.now();
  let cursor: Cursor | undefined;
  let pages = 0;
  let hits = 0;
  let firstHitMs: number | undefined;
  do {
    const page = await searchSessions(sessions, { query: 'needle in', limit: 50, ...(cursor === undefined ? {} : { cursor }) }, Date.now);
    pages += 1;
    hits += page.hits.length;
    if (page.hits.length > 0) firstHitMs ??= Math.round(performance.now() - startedAt);
    cursor = page.next;
  } while (cursor !== undefined);
  return { wholeMs: Math.round(performance.now() - startedAt), firstHitMs, pages, hits };
}

/** Most are short, one in twenty is long; one in a hundred contains the searched text. */
async function writeSession(chats: string, at: number): Promise<number> {
  const turns = at % 20 === 0 ? 60 : 3 + (at % 9);
  const lines = Array.from({ length: turns }, (_, turn) =>
    turnLines({ turn, cwd: CWD, session: at, hasNeedle: at % 100 === 50 && turn === 1 }),
  ).flat();
  const text = `${lines.join('\n')}\n`;
  await writeFile(join(chats, `${idOf(at)}.jsonl`), text);
  return Buffer.byteLength(text);
}

function idOf(at: number): string {
  return `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** `cpuMs` is the processor time of this process, so it is also valid on a busy machine. */
async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; cpuMs: number; value: T }> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const value = await work();
  const ms = round(performance.now() - startedAt);
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: round((user + system) / 1000), value };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
