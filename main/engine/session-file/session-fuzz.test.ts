/**
 * Damaged session files: whatever the damage, nothing throws, no intact record is lost, and each unreadable line
 * is reported. A sample runs here; `FUZZ_RUNS=10000` runs them all.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseRecord } from '../transcript/session-record.ts';
import { readTail } from './chain-tail.ts';
import { readEdges } from './session-edges.ts';
import { readChain } from './session-file.ts';
import { createRandom, KINDS, makeSession, mutate } from './session-files.fixture.ts';
import { inspectSession } from './session-inspect.ts';
import { createSessionLog } from './session-log.ts';
import { createSessionReader } from './session-reader.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '100');
const SEED = Number(process.env['FUZZ_SEED'] ?? '4');
const folder = mkdtempSync(join(tmpdir(), 'gantry-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;

async function check(path: string, original: readonly string[]): Promise<void> {
  const wanted = new Map(original.map((line) => [line, parseRecord(line)?.uuid ?? '']));
  const lines = readFileSync(path, 'utf8').split('\n');
  const whole = new Set(lines.flatMap((line) => wanted.get(line.replace(/\r$/, '')) ?? []));
  const broken = lines.filter((line) => line.trim() !== '' && parseRecord(line) === undefined).length;

  const read = new Set<string>();
  const hasRecords = await readChain(path, (record) => void read.add(record.uuid));
  expect([...whole].filter((uuid) => !read.has(uuid))).toEqual([]);

  const file = await open(path, 'r');
  const { size } = await file.stat();
  const backward = await readTail(file, { endOffset: size, wanted: undefined }, () => false);
  const edges = await readEdges(path, size);
  await file.close();
  expect(edges.first === undefined).toBe(!hasRecords);
  const report = await inspectSession(path, { sessionId: 's', cwd: '/p' });
  const unread = report?.problems.filter(({ kind }) => kind === 'torn' || kind === 'not_json' || kind === 'no_record') ?? [];
  expect(unread).toHaveLength(Math.min(broken, 100));
  expect(unread.every(({ message, line }) => message.includes(`Line ${line}`))).toBe(true);

  const found = new Set(backward.records.map(({ record }) => record.uuid));
  expect([...whole].filter((uuid) => !found.has(uuid))).toEqual([]);

  const log = createSessionLog({ path, sessionId: 's', cwd: '/p', version: '1', nowMs: () => 0, gitBranch: async () => undefined });
  const loaded = await createSessionReader(log, '/p', describe)
    .load()
    .catch((error: unknown) => {
      expect(error).toMatchObject({ code: expect.stringMatching(/^session_(damaged|unknown)$/) });
      return undefined;
    });
  if (whole.size > 0) expect(loaded).toBeDefined();
  if (broken > 0 && loaded !== undefined) expect(loaded.items.some(({ id }) => id === 'notice_damaged')).toBe(true);

  await log.append([{ uuid: 'appended', type: 'user', message: { parts: [{ text: 'goes on' }] } }]);
  const after: string[] = [];
  await readChain(path, (record) => void after.push(record.uuid));
  expect(after.at(-1)).toBe('appended');
  expect([...whole].filter((uuid) => !after.includes(uuid))).toEqual([]);
}

test(`${RUNS} damaged session files lose no readable record`, { timeout: 60_000 + RUNS * 600 }, async () => {
  const path = join(folder, 'fuzz.jsonl');
  for (let run = 0; run < RUNS; run += 1) {
    const random = createRandom(SEED * 1_000_003 + run);
    const original = makeSession(random);
    let bytes = Buffer.from(`${original.join('\n')}\n`);
    const kinds = Array.from({ length: 1 + random.below(3) }, () => random.below(KINDS));
    for (const kind of kinds) bytes = Buffer.from(mutate(kind, bytes, random));
    writeFileSync(path, bytes);
    try {
      await check(path, original);
    } catch (error) {
      throw new Error(`run ${run} of seed ${SEED} (FUZZ_SEED=${SEED})`, { cause: error });
    }
  }
});
