/**
 * Contenders for a stale lease, one or two of which are suspended or killed before each of their file operations while others
 * acquire, release and die. Files and processes are real; only the moment of the suspension is chosen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { type LeaseFiles, nodeLeaseFiles } from './lease-files.ts';
import { describeProcess, type LeaseProcess } from './lease-process.ts';
import { acquireLease, type LeaseResult } from './session-lease.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-lease-races-'));
const children = new Set<{ kill(signal: NodeJS.Signals): boolean }>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const ENDED_PID = 2 ** 22 + 1;
let count = 0;

interface Mortal {
  readonly owner: LeaseProcess;
  end(): Promise<void>;
}

async function startProcess(): Promise<Mortal> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  children.add(child);
  const end = async () => {
    if (!children.delete(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { owner: await describeProcess(child.pid ?? 0), end };
}

/** The file operations, of which the one with this number (from 1) waits for `go`. */
function suspendedAt(step: number) {
  const reached = Promise.withResolvers<'reached'>();
  const gate = Promise.withResolvers<void>();
  let steps = 0;
  const next = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1;
    if (steps === step) {
      reached.resolve('reached');
      await gate.promise;
    }
    return await work();
  };
  const { create, read, replace, remove, touch, removeExtras } = nodeLeaseFiles;
  const files: LeaseFiles = {
    ...nodeLeaseFiles,
    create: (...args) => next(() => create(...args)),
    read: (...args) => next(() => read(...args)),
    replace: (...args) => next(() => replace(...args)),
    remove: (...args) => next(() => remove(...args)),
    touch: (...args) => next(() => touch(...args)),
    removeExtras: (...args) => next(() => removeExtras(...args)),
  };
  return { files, reached: reached.promise, go: () => gate.resolve() };
}

/** A session folder with the lease of a process that has ended. `holders` counts the current holders of the lease. */
function staleSession(owner: LeaseProcess) {
  const basePath = join(folder, `s${(count += 1)}`, 'id');
  const path = `${basePath}.gantry-lease.json`;
  mkdirSync(join(basePath, '..'));
  writeFileSync(path, JSON.stringify({ ...owner, pid: ENDED_PID, token: 'stale', host: 'cli', startedAtMs: 0 }));
  const results = new Set<LeaseResult>();
  const acquire = async (mortal: Mortal, files: LeaseFiles = nodeLeaseFiles) => {
    const result = await acquireLease({ basePath, host: 'cli', clock: createManualClock(), logger, ownProcess: mortal.owner, files });
    results.add(result);
    return result;
  };
  const release = async (result: LeaseResult) => {
    results.delete(result);
    if (result.held) await result.lease.release();
  };
  return {
    acquire,
    release,
    forget: (result: LeaseResult) => void results.delete(result),
    claims: () => [...results].filter((result) => result.held).length,
    releaseAll: () => Promise.all([...results].map(release)),
    names: () => readdirSync(join(basePath, '..')),
  };
}

type Session = ReturnType<typeof staleSession>;

/** What happens while a contender is suspended. */
const MEANWHILE: Readonly<Record<string, (session: Session, other: Mortal, third: Mortal) => Promise<void>>> = {
  'another contends': async ({ acquire }, other) => void (await acquire(other)),
  'another contends and releases': async ({ acquire, release }, other) => release(await acquire(other)),
  'another contends and releases, a third holds': async ({ acquire, release }, other, third) => {
    await release(await acquire(other));
    await acquire(third);
  },
  'another contends and is killed, a third contends': async ({ acquire, forget }, other, third) => {
    forget(await acquire(other));
    await other.end();
    await acquire(third);
  },
};

test.each(Object.keys(MEANWHILE))(
  'one contender is suspended before any of its steps, and %s: one holder',
  { timeout: 120_000 },
  async (name) => {
    const [first, third] = [await startProcess(), await startProcess()];
    let step = 1;
    for (; ; step += 1) {
      const other = await startProcess();
      const session = staleSession(first.owner);
      const { files, reached, go } = suspendedAt(step);
      const suspended = session.acquire(first, files);
      const state = await Promise.race([reached, suspended.then(() => 'done')]);
      await MEANWHILE[name]?.(session, other, third);
      expect(session.claims(), `at step ${step}`).toBeLessThanOrEqual(1);
      go();
      await suspended;
      expect(session.claims(), `after step ${step}`).toBe(1);
      await session.releaseAll();
      expect(session.names(), `after step ${step}`).toEqual([]);
      await other.end();
      if (state === 'done') break;
    }
    expect(step).toBeGreaterThan(6);
    await Promise.all([first.end(), third.end()]);
  },
);

test('one contender is killed before any of its steps: the next gets the lease and leaves nothing behind', {
  timeout: 120_000,
}, async () => {
  const next = await startProcess();
  for (let step = 1; ; step += 1) {
    const first = await startProcess();
    const session = staleSession(next.owner);
    const { files, reached } = suspendedAt(step);
    const killed = session.acquire(first, files);
    const state = await Promise.race([reached, killed.then(() => 'done')]);
    await first.end();
    const result = await session.acquire(next);
    expect(result.held, `at step ${step}`).toBe(true);
    await session.release(result);
    expect(session.names(), `at step ${step}`).toEqual([]);
    if (state === 'done') break;
  }
  await next.end();
});

test('two contenders are suspended before any of their steps and continue in either order: one holder', { timeout: 300_000 }, async () => {
  const [first, second, third] = [await startProcess(), await startProcess(), await startProcess()];
  const STEPS = 7; // of an undisturbed contender
  for (let run = 0; run < STEPS * STEPS * 2; run += 1) {
    const [a, b, isReversed] = [(run % STEPS) + 1, (Math.floor(run / STEPS) % STEPS) + 1, run >= STEPS * STEPS];
    const session = staleSession(first.owner);
    const gates = [suspendedAt(a), suspendedAt(b)] as const;
    const contending = [];
    for (const [at, gate] of gates.entries()) {
      const done = session.acquire(at === 0 ? first : second, gate.files);
      contending.push(done);
      await Promise.race([gate.reached, done]);
    }
    await session.acquire(third);
    for (const at of isReversed ? [1, 0] : [0, 1]) {
      gates[at]?.go();
      await contending[at];
    }
    expect(session.claims(), `steps ${a} and ${b}`).toBe(1);
    await session.releaseAll();
    expect(session.names(), `steps ${a} and ${b}`).toEqual([]);
  }
  await Promise.all([first.end(), second.end(), third.end()]);
});
