/** The forward and the backward reader of a session file agree on every file that both can read. `FUZZ_RUNS=2000` draws more files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { TranscriptItem } from '../../../preload/contract/index.ts';
import type { VisitRecord } from '../transcript/index.ts';
import { loadEarlier, type LoadedSession, loadSession } from './load-session.ts';
import { visitLongChain } from './long-chain.ts';
import { createLongSession } from './long-session.ts';
import { createRandom, KINDS, makeEventfulSession, makeSession, mutate } from './session-files.fixture.ts';
import { createSessionLog } from './session-log.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '150');
const SEED = Number(process.env['FUZZ_SEED'] ?? '9');
const PAGE_ROWS = 7;
const folder = mkdtempSync(join(tmpdir(), 'gantry-readers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;
const openLog = (path: string) =>
  createSessionLog({ path, sessionId: 's', cwd: '/p', version: '1', nowMs: () => 0, gitBranch: async () => undefined });

interface Reading {
  readonly chain: readonly unknown[];
  readonly damage: unknown;
  readonly session: unknown;
  readonly rows: readonly TranscriptItem[];
}

/** What one reader says about a file: every record with the number of its lines, the session as it opens, and all rows. */
async function read(
  visit: (visit: VisitRecord) => Promise<unknown>,
  load: () => Promise<LoadedSession | undefined>,
  readEarlier: (session: LoadedSession) => Promise<readonly TranscriptItem[]>,
): Promise<Reading> {
  const chain: unknown[] = [];
  const damage = await visit((record, lines) => void chain.push([record, lines.length]));
  try {
    const session = await load();
    return { chain, damage, session, rows: session === undefined ? [] : [...(await readEarlier(session)), ...session.items] };
  } catch (error) {
    return { chain, damage, session: String(error), rows: [] };
  }
}

async function readForward(path: string): Promise<Reading> {
  const log = openLog(path);
  return await read(
    (visit) => log.readChain(visit),
    () => loadSession(log, '/p', describe),
    async ({ items }) => {
      const [oldest] = items;
      return oldest === undefined ? [] : (await loadEarlier(log, describe, { beforeItemId: oldest.id, limit: 10_000 })).items;
    },
  );
}

async function readBackward(path: string, file: FileHandle): Promise<Reading> {
  const { size } = await file.stat();
  const session = createLongSession({ ...openLog(path), readLong: (work) => work(file, size) }, '/p', describe);
  return await read(
    async (visit) => {
      const { records, damage } = await visitLongChain(file, size, visit);
      return records === 0 ? undefined : damage;
    },
    () => session.load(),
    async ({ items, earlierItems }) => {
      const all: TranscriptItem[] = [];
      let [oldest] = items;
      for (let left = earlierItems; left > 0 && oldest !== undefined; ) {
        const page = await session.earlier({ beforeItemId: oldest.id, limit: PAGE_ROWS });
        expect(page?.earlierItems).toBe(left - (page?.items.length ?? 0));
        expect(page?.items.length).toBeGreaterThan(0);
        all.unshift(...(page?.items ?? []));
        oldest = page?.items[0];
        left = page?.earlierItems ?? 0;
      }
      return all;
    },
  );
}

async function compare(bytes: Buffer): Promise<void> {
  const path = join(folder, 'session.jsonl');
  writeFileSync(path, bytes);
  const file = await open(path, 'r');
  try {
    expect(await readBackward(path, file)).toEqual(await readForward(path));
  } finally {
    await file.close();
  }
}

type Line = readonly [uuid: string, parentUuid: string | null, type?: string, subtype?: string];

test.each<[string, readonly Line[]]>([
  [
    'a record without a parent that is stored after its child, with another one between them',
    [
      ['b', 'a'],
      ['other', 'root'],
      ['a', 'gone'],
      ['root', null],
      ['c', 'b'],
    ],
  ],
  [
    'a record on a branch before a rewind to the beginning, in a file that begins with a detached record',
    [
      ['s', null, 'system'],
      ['a', null],
      ['r', null, 'system', 'rewind'],
      ['b', 'r'],
      ['x', 'a'],
      ['c', 'b'],
    ],
  ],
  [
    'a gap after a rewind to the beginning',
    [
      ['a', 'gone'],
      ['b', 'a'],
      ['r', null, 'system', 'rewind'],
      ['c', 'lost'],
    ],
  ],
  [
    'the first line again at the end, after records that have lost their parent',
    [
      ['a', 'gone'],
      ['c', 'b'],
      ['b', 'lost'],
      ['a', 'gone'],
    ],
  ],
  [
    'the root again at the end',
    [
      ['a', null],
      ['b', 'gone'],
      ['a', null],
    ],
  ],
  [
    'a line of the last record that names another parent',
    [
      ['a', 'b'],
      ['b', 'gone'],
      ['a', 'lost', 'assistant'],
    ],
  ],
])('both readers agree on %s', async (_, lines) => {
  const texts = lines.map(([uuid, parentUuid, type = 'user', subtype]) =>
    JSON.stringify({ uuid, parentUuid, type, subtype, sessionId: 's', cwd: '/p', message: { parts: [{ text: uuid }] } }),
  );
  await compare(Buffer.from(`${texts.join('\n')}\n`));
});

test(`${RUNS} sessions, whole and damaged, are read alike from both ends`, { timeout: 60_000 + RUNS * 600 }, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const random = createRandom(SEED * 1_000_003 + run);
    const isEventful = run % 2 === 0;
    const kinds = run % 5 === 0 ? [] : Array.from({ length: 1 + random.below(2) }, () => random.below(KINDS));
    // What is before a rewind to the very beginning is not read backward, so its damage is not reported.
    const lines = isEventful ? makeEventfulSession(random, kinds.length === 0) : makeSession(random);
    let bytes = Buffer.from(`${lines.join('\n')}\n`);
    for (const kind of kinds) bytes = Buffer.from(mutate(kind, bytes, random));
    try {
      await compare(bytes);
    } catch (error) {
      throw new Error(`run ${run} of seed ${SEED}, kinds ${kinds.join()}, eventful ${isEventful}`, { cause: error });
    }
  }
});
