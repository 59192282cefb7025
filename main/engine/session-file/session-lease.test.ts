import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { nodeLeaseFiles } from './lease-files.ts';
import { currentProcess, describeProcess, heldMessage, type LeaseProcess } from './lease-process.ts';
import { acquireLease, findHolder, type LeaseOptions, type SessionLease, SILENT_AFTER_MS, WATCH_INTERVAL_MS } from './session-lease.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-lease-'));
const children: { kill(signal: NodeJS.Signals): boolean }[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
let count = 0;

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const own = await currentProcess();
const onLinux = process.platform === 'linux';

function setUp() {
  const clock = createManualClock();
  const basePath = join(folder, `s${(count += 1)}`, 'id');
  const path = `${basePath}.gantry-lease.json`;
  const acquire = async (options: Partial<LeaseOptions> = {}) => acquireLease({ basePath, host: 'cli', clock, logger, ...options });
  const take = async (options: Partial<LeaseOptions> = {}): Promise<SessionLease> => {
    const result = await acquire(options);
    if (!result.held) throw new Error('the lease was not free');
    return result.lease;
  };
  /** Writes a lease as another process would have, with its last heartbeat this long ago. */
  const plant = async (fields: Partial<LeaseProcess> & { token?: string }, heartbeatAgoMs = 0) => {
    await (await take()).release(); // creates the folder
    writeFileSync(path, JSON.stringify({ ...own, token: 'theirs', host: 'desktop', startedAtMs: clock.now(), ...fields }));
    const at = (clock.now() - heartbeatAgoMs) / 1000;
    utimesSync(path, at, at);
  };
  /** Sets the heartbeat of another process. */
  const beat = (agoMs = 0) => utimesSync(path, (clock.now() - agoMs) / 1000, (clock.now() - agoMs) / 1000);
  /** Lets the time pass in which a silent lease is watched; `onLook` is called before each check. Resolves with the result. */
  const look = async <T>(work: Promise<T>, onLook: (at: number) => void = () => undefined): Promise<T> => {
    let isOver = false;
    let at = 0;
    void work.finally(() => (isOver = true)).catch(() => undefined);
    const step = () => {
      if (!isOver && clock.pending() > 0) {
        onLook((at += 1));
        clock.advance(WATCH_INTERVAL_MS);
      }
      return isOver;
    };
    await expect.poll(step, { interval: 2 }).toBe(true);
    return await work;
  };
  const names = () => readdirSync(dirname(path));
  return { clock, basePath, path, acquire, take, plant, beat, look, names, read: () => JSON.parse(readFileSync(path, 'utf8')) };
}

/** A process of its own, and the content of its lease. */
async function startProcess() {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  children.push(child);
  const end = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { child, end, owner: await describeProcess(child.pid ?? 0) };
}

test('a free lease is acquired, refused to a second contender, and free again after its release', async () => {
  const { acquire, take, names } = setUp();
  const lease = await take();
  expect(await acquire({ host: 'desktop' })).toEqual({ held: false, by: { pid: process.pid, host: 'gantry command' } });
  await lease.release();
  await lease.release();
  expect(names()).toEqual([]);
  expect(await acquire()).toEqual({ held: true, lease: expect.anything() });
});

test.each([
  ['a free lease', undefined],
  ['the lease of a process that has ended', 2 ** 22 + 1],
])('one of ten contenders gets %s, and no other file is left', async (_name, pid) => {
  const { acquire, plant, names } = setUp();
  if (pid !== undefined) await plant({ pid });
  const results = await Promise.all(Array.from({ length: 10 }, () => acquire()));
  const leases = results.flatMap((result) => (result.held ? [result.lease] : []));
  expect(leases).toHaveLength(1);
  expect(results.filter((result) => !result.held && result.by.pid !== process.pid)).toEqual([]);
  await leases[0]?.release();
  expect(names()).toEqual([]);
});

test('a heartbeat sets the time of the file and ends with the release', async () => {
  const { clock, take, path } = setUp();
  const lease = await take();
  clock.advance(5_000);
  await expect.poll(() => statSync(path).mtimeMs).toBe(clock.now());
  clock.advance(5_000);
  await expect.poll(() => statSync(path).mtimeMs).toBe(clock.now());
  await lease.release();
  expect(clock.pending()).toBe(0);
});

test('the lease of an ended process is taken over', async () => {
  const { plant, acquire } = setUp();
  const { end, owner } = await startProcess();
  await plant(owner);
  expect(await acquire()).toEqual({ held: false, by: { pid: owner.pid, host: 'Gantry app' } });
  await end();
  expect(await acquire()).toMatchObject({ held: true, tookOver: { pid: owner.pid, host: 'Gantry app' } });
});

test('the lease of a live process is not taken over, however old its last heartbeat is', async () => {
  const { plant, acquire, read } = setUp();
  const { child, owner } = await startProcess();
  await plant(owner, 30 * 24 * 3_600_000);
  expect(await acquire()).toEqual({ held: false, by: { pid: owner.pid, host: 'Gantry app' } });
  child.kill('SIGSTOP');
  expect((await acquire()).held).toBe(false);
  expect(read().token).toBe('theirs');
});

test.runIf(own.processStart !== undefined)('a process that reused the pid of an ended one does not hold its lease', async () => {
  const { plant, acquire } = setUp();
  await plant({ processStart: '1' });
  expect(await acquire()).toMatchObject({ held: true, tookOver: { pid: process.pid } });
});

test.runIf(onLinux)('a zombie process does not hold its lease', async () => {
  const { plant, acquire } = setUp();
  const parent = spawn('bash', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(parent);
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  const owner = await describeProcess(pid);
  await plant(owner);
  expect((await acquire()).held).toBe(false);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  expect((await acquire()).held).toBe(true);
});

test('a lease of an earlier build without a boot id is checked by its process', async () => {
  const { basePath, path, acquire, plant } = setUp();
  const { end, owner } = await startProcess();
  await plant({});
  const { pid, processStart } = owner;
  writeFileSync(path, JSON.stringify({ pid, processStart, token: 'theirs', host: 'server', startedAtMs: 0, heartbeatAtMs: 0 }));
  expect(await acquire()).toEqual({ held: false, by: { pid, host: 'gantry serve' } });
  writeFileSync(`${path}.takeover-theirs`, ''); // of an earlier build that was killed while it took over
  await end();
  const result = await acquire();
  expect(result).toMatchObject({ held: true, tookOver: { pid, host: 'gantry serve' } });
  if (result.held) await result.lease.release();
  expect(readdirSync(dirname(basePath))).toEqual([]);
});

test('a lease file that cannot be read is held for a minute, then taken over', async () => {
  const { clock, path, plant, beat, acquire, names, look } = setUp();
  await plant({});
  writeFileSync(path, '{"pid":');
  beat();
  expect(await acquire()).toEqual({ held: false, by: { pid: 0, host: 'unknown' } });
  clock.advance(SILENT_AFTER_MS + 1);
  const result = await look(acquire());
  expect(result.held).toBe(true);
  if (result.held) await result.lease.release();
  expect(names()).toEqual([]);
});

const elsewhere = { scope: 'another boot', machine: 'other-box', pid: 2 ** 22 + 1 };

test('a lease of another machine is held while it has heartbeats, whatever process has its pid here', async () => {
  const { plant, acquire } = setUp();
  await plant(elsewhere);
  expect(await acquire()).toEqual({ held: false, by: { pid: elsewhere.pid, host: 'Gantry app on other-box' } });
});

test('a silent lease of another machine is taken over after a while, and its holder detects it', async () => {
  const { take, acquire, look, read, beat } = setUp();
  const theirs = await take({ ownProcess: { ...own, ...elsewhere }, clock: createManualClock() }); // no heartbeats: suspended
  beat(SILENT_AFTER_MS + 1);
  expect(theirs.isHeld()).toBe(true);
  const result = await look(acquire());
  expect(result).toMatchObject({ held: true, tookOver: { pid: elsewhere.pid, host: 'gantry command on other-box' } });
  expect(theirs.isHeld()).toBe(false);
  await theirs.release();
  expect(read().pid).toBe(process.pid);
});

test.each([3_600_000, -3_600_000])(
  'a heartbeat counts also where clocks differ by %i ms, or this machine has just woken up',
  async (agoMs) => {
    const { plant, acquire, beat, look } = setUp();
    await plant(elsewhere, agoMs);
    const looks: number[] = [];
    const beatLate = (at: number) => (looks.push(at), at === 4 && beat(agoMs));
    expect(await look(acquire(), beatLate)).toMatchObject({ held: false, by: { pid: elsewhere.pid } });
    expect(looks).toHaveLength(4);
  },
);

test('a holder detects without a heartbeat that its lease was taken over, and its release keeps the new lease', async () => {
  const { take, path, read } = setUp();
  const lease = await take();
  writeFileSync(path, JSON.stringify({ ...read(), token: 'theirs' }));
  expect(lease.isHeld()).toBe(false);
  await lease.release();
  expect(read().token).toBe('theirs');
});

test('a heartbeat does not touch the lease of another holder', async () => {
  const { clock, take, path, read, beat } = setUp();
  const lease = await take();
  writeFileSync(path, JSON.stringify({ ...read(), token: 'theirs' }));
  beat(1_000);
  const before = statSync(path).mtimeMs;
  clock.advance(10_000);
  await lease.release(); // waits for the heartbeat
  expect(statSync(path).mtimeMs).toBe(before);
});

test('claims and drafts of killed contenders block no process and are removed by the next release', async () => {
  const { plant, path, acquire, take, names } = setUp();
  const [holder, first, second] = [await startProcess(), await startProcess(), await startProcess()];
  await plant(holder.owner);
  const claim = (of: string, token: string, owner: LeaseProcess) =>
    writeFileSync(`${path}.${of}`, JSON.stringify({ ...owner, token, host: 'cli', startedAtMs: 0 }));
  claim('theirs', 'first', first.owner); // the right to replace the lease
  claim('first', 'second', second.owner); // the right to replace that claim
  writeFileSync(`${path}.0b8d0d5c-draft`, '{');
  await holder.end();
  expect(await acquire()).toEqual({ held: false, by: { pid: first.owner.pid, host: 'gantry command' } });
  await first.end();
  expect(await acquire()).toEqual({ held: false, by: { pid: second.owner.pid, host: 'gantry command' } });
  await second.end();
  const lease = await take();
  expect(await acquire()).toMatchObject({ held: false, by: { pid: process.pid } });
  await lease.release();
  expect(names()).toEqual([]);
});

test('a late claim does not count: the holder of the lease is reported', async () => {
  const { plant, path, acquire } = setUp();
  const [holder, late] = [await startProcess(), await startProcess()];
  await plant({ pid: elsewhere.pid });
  const record = (owner: LeaseProcess, token: string) => JSON.stringify({ ...owner, token, host: 'cli', startedAtMs: 0 });
  const create: typeof nodeLeaseFiles.create = async (at, fields) => {
    if (at !== `${path}.theirs`) return await nodeLeaseFiles.create(at, fields);
    writeFileSync(at, record(late.owner, 'late'));
    writeFileSync(path, record(holder.owner, 'new'));
    return false;
  };
  const refused = await acquire({ files: { ...nodeLeaseFiles, create } });
  expect(refused).toMatchObject({ held: false, by: { pid: holder.owner.pid } });
});

test('a file system error during a takeover leaves no claim behind', async () => {
  const { plant, acquire, names } = setUp();
  await plant({ pid: elsewhere.pid });
  const replace = () => Promise.reject(new Error('EIO'));
  await expect(acquire({ files: { ...nodeLeaseFiles, replace } })).rejects.toThrow('EIO');
  expect(names()).toEqual(['id.gantry-lease.json']);
  expect((await acquire()).held).toBe(true);
});

test('a link that was created although its answer was lost is recognized', async () => {
  const { acquire } = setUp();
  const create: typeof nodeLeaseFiles.create = async (path, record) => (await nodeLeaseFiles.create(path, record)) && false;
  expect((await acquire({ files: { ...nodeLeaseFiles, create } })).held).toBe(true);
});

test("a live process in Qwen Code's sidecar holds the session, a dead one does not", async () => {
  const { take, basePath, acquire } = setUp();
  await (await take()).release();
  const sidecar = `${basePath}.runtime.json`;
  writeFileSync(sidecar, JSON.stringify({ pid: process.pid }));
  const byPidAlone = { pid: process.pid, host: 'Qwen Code', unprovenBy: sidecar };
  expect(await acquire()).toEqual({ held: false, by: byPidAlone });
  writeFileSync(sidecar, JSON.stringify({ pid: 2 ** 22 + 1 }));
  expect((await acquire()).held).toBe(true);
});

test.runIf(onLinux || process.platform === 'darwin')(
  'a process that began after Qwen Code opened the session is another program',
  async () => {
    const { take, basePath, acquire } = setUp();
    await (await take()).release();
    const { owner } = await startProcess();
    const nowS = Date.now() / 1000;
    const open = (startedAt: number) =>
      writeFileSync(`${basePath}.runtime.json`, JSON.stringify({ pid: owner.pid, started_at: startedAt, hostname: 'box' }));
    open(nowS);
    expect(await acquire()).toEqual({ held: false, by: { pid: owner.pid, host: 'Qwen Code' } });
    open(nowS - 3_600);
    expect((await acquire()).held).toBe(true);
  },
);

test('the message about a held session says how to continue', () => {
  const holder = { pid: 7, host: 'Qwen Code' };
  expect(heldMessage(holder, 'or start a new session')).toBe(
    'This session is open in another program (Qwen Code, process 7). Close it there, or start a new session.',
  );
  expect(heldMessage({ ...holder, unprovenBy: '/c/s.runtime.json' }, 'before you delete it')).toBe(
    'This session is open in another program (Qwen Code, process 7). Close it there before you delete it. If process 7 is another program, remove /c/s.runtime.json.',
  );
});

test('finding the holder neither acquires nor removes anything', async () => {
  const { clock, basePath, path, take, read, beat } = setUp();
  expect(await findHolder(basePath, clock.now())).toBeUndefined();
  const lease = await take();
  expect(await findHolder(basePath, clock.now())).toBeUndefined(); // our own
  const { owner, end } = await startProcess();
  const other = { ...owner, token: 'o', host: 'elsewhere', startedAtMs: clock.now() };
  writeFileSync(path, JSON.stringify(other));
  expect(await findHolder(basePath, clock.now())).toEqual({ pid: owner.pid, host: 'elsewhere' });
  await end();
  expect(await findHolder(basePath, clock.now())).toBeUndefined();
  expect(read()).toEqual(other);
  writeFileSync(path, JSON.stringify({ ...other, ...elsewhere }));
  beat();
  expect(await findHolder(basePath, clock.now())).toEqual({ pid: elsewhere.pid, host: 'elsewhere on other-box' });
  expect(await findHolder(basePath, clock.now() + SILENT_AFTER_MS + 1)).toBeUndefined();
  writeFileSync(`${basePath}.runtime.json`, JSON.stringify({ pid: process.ppid }));
  expect(await findHolder(basePath, clock.now())).toMatchObject({ pid: process.ppid, host: 'Qwen Code' });
  await lease.release();
});
