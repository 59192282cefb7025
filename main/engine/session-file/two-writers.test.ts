/** Two processes writing one session: neither damages the records of the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readChain } from './session-file.ts';
import { acquireLease } from './session-lease.ts';
import { createSessionLog } from './session-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-writers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIXTURE = fileURLToPath(new URL('./two-writers.fixture.ts', import.meta.url));
const start = (...args: string[]) => spawn(process.execPath, [FIXTURE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => Date.now(), after: () => () => undefined };

test('while a program without a lease appends, every record of both is complete, and ours continue from the end', async () => {
  const path = join(folder, 's.jsonl');
  const log = createSessionLog({ path, sessionId: 's', cwd: '/p', version: '1', nowMs: () => 0, gitBranch: async () => undefined });
  const says = (at: number) => ({ uuid: `ours-${at}`, type: 'user', message: { role: 'user', parts: [{ text: `ours ${at}` }] } }) as const;
  await log.append([says(0)]);
  const child = start('append', path, '300');
  const ended = once(child, 'exit');
  let ours = 1;
  let hasSeenForeign = false;
  for (; child.exitCode === null || ours < 100; ours += 1) hasSeenForeign = (await log.append([says(ours)])).foreign || hasSeenForeign;
  expect((await ended)[0]).toBe(0);
  await log.append([says(ours)]);
  // A size read in the middle of their write looks like a truncated line, and our record then begins with a newline.
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const uuids = lines.map((line) => JSON.parse(line).uuid as string); // every line is JSON, or this throws
  expect(uuids.filter((uuid) => uuid.startsWith('ours-'))).toEqual(Array.from({ length: ours + 1 }, (_, at) => `ours-${at}`));
  expect(uuids.filter((uuid) => uuid.startsWith('theirs-'))).toEqual(Array.from({ length: 300 }, (_, at) => `theirs-${at}`));
  expect(hasSeenForeign).toBe(true);
  const chain: string[] = [];
  await readChain(path, (record) => void chain.push(record.uuid));
  expect(chain.at(-1)).toBe(`ours-${ours}`);
});

test('the lease of another process is valid while it lives, and not after kill -9', async () => {
  const basePath = join(folder, 'held');
  const child = start('hold', basePath);
  try {
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('held\n');
    const refused = await acquireLease({ basePath, host: 'cli', clock, logger });
    expect(refused).toEqual({ held: false, by: { pid: child.pid, host: 'Gantry app' } });
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'exit');
  const taken = await acquireLease({ basePath, host: 'cli', clock, logger });
  expect(taken.held).toBe(true);
  if (taken.held) await taken.lease.release();
});
