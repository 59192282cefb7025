/** The lease file is read before each write of a session, even during a turn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import type { StreamEvent } from '../engine/provider/provider.ts';
import { describeProcess } from '../engine/session-file/lease-process.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { type ScriptedAnswer, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function setUp(...answers: ScriptedAnswer[]) {
  const fixture = await createEngineFixture({ answers });
  open.push(fixture);
  const leaseOf = (id: SessionId) => fixture.sessionFile(id).replace(/jsonl$/, 'gantry-lease.json');
  /** Replaces our lease with that of another live process. */
  const takeAway = async (id: SessionId): Promise<number> => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    const owner = await describeProcess(child.pid ?? 0);
    writeFileSync(leaseOf(id), JSON.stringify({ ...owner, token: 'theirs', host: 'desktop', startedAtMs: 0 }));
    return owner.pid;
  };
  return { fixture, leaseOf, takeAway, text: (id: SessionId) => readFileSync(fixture.sessionFile(id), 'utf8') };
}

test('a prompt is refused while the lease file names another process, and accepted once that has ended', async () => {
  const { fixture, leaseOf, takeAway, text } = await setUp(says('one'), says('two'));
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const before = text(id);
  const pid = await takeAway(id);
  await expect(fixture.engine.sessions.get(id).prompt('mine', 'l')).rejects.toMatchObject({
    code: 'session_busy',
    message: `This session is open in another program (Gantry app, process ${pid}). Close it there, or start a new session.`,
    data: { pid, host: 'Gantry app' },
  });
  expect(text(id)).toBe(before);
  rmSync(leaseOf(id));
  expect((await fixture.run(id, 'mine')).end).toBe('completed');
  await fixture.engine.close();
  expect(existsSync(leaseOf(id))).toBe(false);
});

/** An answer that ends when the test says so. */
function heldBack(answer: readonly StreamEvent[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    release: resolve,
    async *answer() {
      await promise;
      yield* answer;
    },
  };
}

test('during a turn nothing is written once the lease file names another process', async () => {
  const held = heldBack(says('never written') as readonly StreamEvent[]);
  const { fixture, takeAway, text, leaseOf } = await setUp(held.answer);
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.changed', ({ turn: { phase } }) => phase !== 'preparing');
  const before = text(id);
  const pid = await takeAway(id);
  held.release();
  expect((await turn).end).not.toBe('completed');
  expect(text(id)).toBe(before);
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).heldBy).toEqual({ pid, host: 'Gantry app' });
  await fixture.engine.close();
  expect(JSON.parse(readFileSync(leaseOf(id), 'utf8'))).toMatchObject({ pid });
});

test('a lease file that was removed during a turn is written again, and none is left at the end', async () => {
  const held = heldBack(says('written') as readonly StreamEvent[]);
  const { fixture, text, leaseOf } = await setUp(held.answer);
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.changed', ({ turn: { phase } }) => phase !== 'preparing');
  rmSync(leaseOf(id));
  held.release();
  expect((await turn).end).toBe('completed');
  expect(text(id)).toContain('written');
  expect(JSON.parse(readFileSync(leaseOf(id), 'utf8'))).toMatchObject({ pid: process.pid });
  await fixture.engine.close();
  expect(readdirSync(dirname(leaseOf(id))).filter((name) => name.includes('lease'))).toEqual([]);
});

test('two writes at once in a session without a lease share one', async () => {
  const { fixture, leaseOf, text } = await setUp(says('one'));
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  rmSync(leaseOf(id));
  await Promise.all(['First', 'Second'].map((title) => fixture.engine.sessions.rename(fixture.project.id, id, title)));
  expect(text(id)).toMatch(/"customTitle":"First".*"customTitle":"Second"/s);
});
