import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findExpired, createPruner, KEPT_BYTES, KEPT_MS } from './prune-files.ts';

let root: string;
const NOW = 1_800_000_000_000;
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => NOW, after: () => () => undefined };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gantry-prune-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(session: string, name: string, ageMs: number, content = 'x'): string {
  mkdirSync(join(root, session), { recursive: true });
  const path = join(root, session, name);
  writeFileSync(path, content);
  utimesSync(path, (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
  return path;
}

test('beyond the size limit the oldest files are removed first, and beyond the age limit all of them', () => {
  const kept = [
    { name: 'new', bytes: KEPT_BYTES / 2, usedAtMs: NOW - 1 },
    { name: 'middle', bytes: KEPT_BYTES / 2, usedAtMs: NOW - 2 },
    { name: 'old', bytes: 1, usedAtMs: NOW - 3 },
    { name: 'ancient', bytes: 0, usedAtMs: NOW - KEPT_MS - 1 },
  ];
  expect(findExpired(kept, NOW).map((files) => files.name)).toEqual(['old', 'ancient']);
});

test('old output is removed with its folder; running commands and foreign files stay', async () => {
  const old = KEPT_MS + 1000;
  const gone = ['raw', 'output', 'status'].map((kind) => put('s1', `shell-bg_00000001.${kind}`, old));
  const mine = put('s2', 'shell-bg_00000002.raw', old);
  const elsewhere = put('s3', 'shell-bg_00000003.raw', old);
  put('s3', 'shell-bg_00000003.status', old, JSON.stringify({ status: 'running', pid: process.pid }));
  const foreign = put('s4', 'notes.txt', old);
  const fresh = put('s5', 'shell-bg_00000005.raw', 1000);
  await createPruner({ clock, logger, isRunning: (taskId) => taskId === 'bg_00000002' })(root);
  expect(gone.filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(join(root, 's1'))).toBe(false);
  expect([mine, elsewhere, foreign, fresh].every((path) => existsSync(path))).toBe(true);
});

test('a project without output needs no pruning', async () => {
  await createPruner({ clock, logger, isRunning: () => false })(join(root, 'missing'));
  expect(existsSync(root)).toBe(true);
});

test('age alone is enough, and the latest use of any file of a command counts', async () => {
  expect(
    findExpired(
      [
        { bytes: 1, usedAtMs: NOW - KEPT_MS },
        { bytes: 1, usedAtMs: NOW - KEPT_MS - 1 },
      ],
      NOW,
    ),
  ).toEqual([{ bytes: 1, usedAtMs: NOW - KEPT_MS - 1 }]);
  const files = [put('s1', 'shell-bg_00000001.status', KEPT_MS + 1000), put('s1', 'shell-bg_00000001.raw', KEPT_MS - 1000)];
  await createPruner({ clock, logger, isRunning: () => false })(root);
  expect(files.map((path) => existsSync(path))).toEqual([true, true]);
});

test('the folder of a session whose files vanish while they are listed is kept', async () => {
  mkdirSync(join(root, 's1'));
  symlinkSync('vanished', join(root, 's1', 'shell-bg_00000001.raw')); // is in the list, and cannot be read
  await createPruner({ clock, logger, isRunning: () => false })(root);
  expect(existsSync(join(root, 's1'))).toBe(true);
});

test('a project is checked once an hour', async () => {
  let nowMs = NOW;
  const prune = createPruner({ clock: { ...clock, now: () => nowMs }, logger, isRunning: () => false });
  await prune(root);
  const path = put('s1', 'shell-bg_00000001.raw', KEPT_MS + 1000);
  nowMs += 3_599_999;
  await prune(root);
  expect(existsSync(path)).toBe(true);
  nowMs += 1;
  await prune(root);
  expect(existsSync(path)).toBe(false);
});
