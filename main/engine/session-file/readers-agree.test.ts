/** Every session file reads backward as it reads whole. `FUZZ_RUNS=2000` draws more files, `FUZZ_SEED=n` others. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { TranscriptItem } from '../../../preload/contract/index.ts';
import type { LoadedSession } from './load-session.ts';
import { readWholeFile, type WholeFile } from './reference-reader.fixture.ts';
import { openIfThere, scanState } from './session-file.ts';
import { createRandom, KINDS, makeEventfulSession, makeSession, mutate } from './session-files.fixture.ts';
import { createSessionLog } from './session-log.ts';
import { createSessionReader, type SessionReader } from './session-reader.ts';
import { visitChain } from './visit-chain.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '150');
const SEED = Number(process.env['FUZZ_SEED'] ?? '9');
const PAGE_ROWS = 7;
const folder = mkdtempSync(join(tmpdir(), 'gantry-readers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;
const openLog = (path: string) =>
  createSessionLog({ path, sessionId: 's', cwd: '/p', version: '1', nowMs: () => 0, gitBranch: async () => undefined });

/** The session as the product opens it, or the code of the error. */
async function open(path: string) {
  const reader = createSessionReader(openLog(path), '/p', describe);
  return { reader, session: await reader.load().catch((error: unknown) => String(error)) };
}

/** All rows before those of the session as it opens, page by page. */
async function readPages({ earlier }: SessionReader, { items, earlierItems }: LoadedSession): Promise<readonly TranscriptItem[]> {
  const all: TranscriptItem[] = [];
  let [oldest] = items;
  for (let left = earlierItems; left > 0 && oldest !== undefined; ) {
    const page = await earlier({ beforeItemId: oldest.id, limit: PAGE_ROWS });
    expect(page?.items.length).toBeGreaterThan(0);
    expect(page?.earlierItems).toBe(left - (page?.items.length ?? 0));
    all.unshift(...(page?.items ?? []));
    oldest = page?.items[0];
    left = page?.earlierItems ?? 0;
  }
  return all;
}

async function compare(bytes: Buffer): Promise<void> {
  const path = join(folder, 'session.jsonl');
  writeFileSync(path, bytes);
  const whole = readWholeFile(path);
  const chain: unknown[] = [];
  const file = await openIfThere(path);
  if (file === undefined) throw new Error('no file');
  const visited = await visitChain(file, (record, lines) => void chain.push([record, lines.length]));
  const { leaf } = await scanState(file);
  await file.close();
  expect(chain).toEqual(whole.chain);
  expect(visited).toEqual({ records: chain.length, damage: whole.damage });
  expect(leaf).toBe(whole.chain.at(-1)?.[0].uuid ?? null);

  const { reader, session } = await open(path);
  const expected = loadWhole(whole);
  if (typeof session === 'string' || session === undefined || typeof expected === 'string') return expect(session).toEqual(expected);
  const notices = new Set(['notice_damaged', 'notice_interrupted']);
  const rows = [...(await readPages(reader, session)), ...session.items].filter(({ id }) => !notices.has(id));
  const facts = { items: session.items, earlierItems: session.earlierItems };
  expect(session).toEqual({ ...expected, ...facts });
  expect(session.items).toEqual(expected.items.slice(-session.items.length));
  expect(rows).toEqual(whole.rows(describe));
}

function loadWhole(whole: WholeFile): LoadedSession | string {
  try {
    return whole.load('/p', describe);
  } catch (error) {
    return String(error);
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
  [
    'the first line of a record again after its second',
    [
      ['a', null],
      ['b', 'a', 'assistant'],
      ['b', 'a'],
      ['b', 'a', 'assistant'],
    ],
  ],
])('a file is read from its end as it is read whole: %s', async (_, lines) => {
  const texts = lines.map(([uuid, parentUuid, type = 'user', subtype]) =>
    JSON.stringify({ uuid, parentUuid, type, subtype, sessionId: 's', cwd: '/p', message: { parts: [{ text: uuid }] } }),
  );
  await compare(Buffer.from(`${texts.join('\n')}\n`));
});

test(`${RUNS} sessions, whole and damaged, are read from their end as they are read whole`, { timeout: 60_000 + RUNS * 600 }, async () => {
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
