import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRecords } from './find-records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-find-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const record = (uuid: string, atMs: number) => JSON.stringify({ uuid, type: 'user', timestamp: new Date(atMs).toISOString() });

test('records are found by their id anywhere after the given time, and not by a text that contains the id', async () => {
  const path = join(folder, 's.jsonl');
  const lines = [
    record('older', 9 * HOUR_MS),
    record('old', 10 * HOUR_MS),
    record('a', 20 * HOUR_MS),
    record('quotes "b"', 20 * HOUR_MS),
    record('c', 20 * HOUR_MS + 1),
    record('d', 20 * HOUR_MS + 2).slice(0, -1),
  ];
  writeFileSync(path, lines.join('\n'));
  // `older` was written long before the given time, and `d` is truncated.
  expect([...(await findRecords(path, new Set(['a', 'b', 'c', 'd', 'older']), 20 * HOUR_MS))]).toEqual(['c', 'a']);
  expect([...(await findRecords(path, new Set(['old']), 10 * HOUR_MS))]).toEqual(['old']);
  expect([...(await findRecords(join(folder, 'missing.jsonl'), new Set(['a']), 0))]).toEqual([]);
});
