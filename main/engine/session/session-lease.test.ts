import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { acquireLease, findHolder, LEASE_STALE_MS, type SessionLease } from './session-lease.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-lease-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function setUp() {
  const clock = createManualClock();
  const basePath = join(folder, `s${(count += 1)}`, 'id');
  const path = `${basePath}.gantry-lease.json`;
  const acquire = async (host = 'cli') => acquireLease({ basePath, host, clock, logger });
  const take = async (): Promise<SessionLease> => {
    const result = await acquire();
    if (!result.held) throw new Error('the lease was not free');
    return result.lease;
  };
  return { clock, basePath, path, acquire, take, read: () => JSON.parse(readFileSync(path, 'utf8')) };
}

test('a free lease is taken, refused to a second, and free again when given back', async () => {
  const { acquire, take, path } = setUp();
  const lease = await take();
  expect(await acquire('desktop')).toEqual({ held: false, by: { pid: process.pid, host: 'cli' } });
  await lease.release();
  await lease.release();
  expect(existsSync(path)).toBe(false);
  expect(await acquire()).toEqual({ held: true, lease: expect.anything() });
});

test('of ten that ask at once one gets it', async () => {
  const { acquire } = setUp();
  const results = await Promise.all(Array.from({ length: 10 }, () => acquire()));
  expect(results.filter((result) => result.held)).toHaveLength(1);
});

test('of ten that take over a stale one, one gets it, and nothing is left beside it', async () => {
  const { clock, acquire, take, basePath } = setUp();
  await take();
  const staleMs = LEASE_STALE_MS + 1;
  clock.after(0, () => undefined);
  const later = createManualClock(clock.now() + staleMs);
  const results = await Promise.all(Array.from({ length: 10 }, () => acquireLease({ basePath, host: 'cli', clock: later, logger })));
  expect(results.filter((result) => result.held)).toHaveLength(1);
  expect(readdirSync(join(basePath, '..'))).toEqual(['id.gantry-lease.json']);
  expect((await acquire()).held).toBe(false);
});

test('a heartbeat keeps it, and stops when it is given back', async () => {
  const { clock, take, read } = setUp();
  const lease = await take();
  const first = read().heartbeatAtMs;
  clock.advance(5_000);
  await expect.poll(() => read().heartbeatAtMs).toBe(first + 5_000);
  await lease.release();
  expect(clock.pending()).toBe(0);
});

test('a lease of a process that is gone is taken over', async () => {
  const { take, path, read, acquire } = setUp();
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('exit', resolve));
  const lease = await take();
  const old = read();
  await lease.release();
  writeFileSync(path, JSON.stringify({ ...old, pid: child.pid, token: 'theirs' }));
  expect(await acquire()).toMatchObject({ held: true, tookOver: { pid: child.pid, host: 'cli' } });
});

test('a lease of an earlier process with the same pid is taken over', async () => {
  const { take, path, read, acquire } = setUp();
  const lease = await take();
  const old = read();
  await lease.release();
  writeFileSync(path, JSON.stringify({ ...old, token: 'theirs', processStart: '1' }));
  expect((await acquire()).held).toBe(old.processStart !== undefined);
});

test('a lease file that cannot be read counts as stale', async () => {
  const { take, path, acquire } = setUp();
  await (await take()).release();
  writeFileSync(path, '{"pid":');
  expect((await acquire()).held).toBe(true);
});

test('whoever lost it notices, and does not remove the new one', async () => {
  const { clock, take, path, read } = setUp();
  const lease = await take();
  writeFileSync(path, JSON.stringify({ ...read(), token: 'theirs' }));
  clock.advance(5_000);
  await expect.poll(() => lease.isLost()).toBe(true);
  await lease.release();
  expect(read().token).toBe('theirs');
});

test("a live process in Qwen Code's sidecar holds the session, a dead one does not", async () => {
  const { take, basePath, acquire } = setUp();
  await (await take()).release();
  writeFileSync(`${basePath}.runtime.json`, JSON.stringify({ pid: process.pid }));
  expect(await acquire()).toEqual({ held: false, by: { pid: process.pid, host: 'Qwen Code' } });
  writeFileSync(`${basePath}.runtime.json`, JSON.stringify({ pid: 2 ** 22 + 1 }));
  expect((await acquire()).held).toBe(true);
});

test('a look tells who else has a session open, and neither takes nor removes anything', async () => {
  const { clock, basePath, path, take } = setUp();
  expect(await findHolder(basePath, clock.now())).toBeUndefined();
  const lease = await take();
  expect(await findHolder(basePath, clock.now())).toBeUndefined(); // our own
  const other = { pid: process.ppid, token: 'o', host: 'elsewhere', startedAtMs: clock.now(), heartbeatAtMs: clock.now() };
  writeFileSync(path, JSON.stringify(other));
  expect(await findHolder(basePath, clock.now())).toEqual({ pid: process.ppid, host: 'elsewhere' });
  expect(await findHolder(basePath, clock.now() + LEASE_STALE_MS + 1)).toBeUndefined();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(other);
  writeFileSync(`${basePath}.runtime.json`, JSON.stringify({ pid: process.ppid }));
  expect(await findHolder(basePath, clock.now() + LEASE_STALE_MS + 1)).toEqual({ pid: process.ppid, host: 'Qwen Code' });
  await lease.release();
});
