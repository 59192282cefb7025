/**
 * Processes that contend for one lease after the other. In each round all of them try to acquire it at once, and a holder keeps
 * it until all have answered: exactly one holder is right. A contender may be suspended during the acquisition (SIGSTOP), and
 * then resumed or killed; after a kill the others contend once more, and one must get the lease. After each round no file may
 * be left beside the session.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProcess, type LeaseProcess } from '../../main/engine/session-file/lease-process.ts';
import type { FromContender, ToContender } from './lease-contender.fixture.ts';
import { type Found, type LeasePlan, type LeaseRound, planLeaseRounds } from './lease-plan.ts';

const FIXTURE = join(import.meta.dirname, 'lease-contender.fixture.ts');
/** Above the largest pid of any system. */
const ENDED_PID = 2 ** 22 + 1;

export interface ContentionReport {
  readonly contenders: number;
  readonly rounds: number;
  readonly acquired: number;
  readonly refused: number;
  readonly suspended: number;
  readonly killed: number;
  readonly seconds: number;
  /** The violations, as text; empty if there are none. */
  readonly problems: readonly string[];
}

type Answer = Exclude<FromContender, string>;

interface Contender {
  readonly process: ChildProcess;
  answer: Promise<Answer>;
}

export async function proveContention(plan: LeasePlan): Promise<ContentionReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-leases-'));
  const startedAt = performance.now();
  const contenders = await Promise.all(Array.from({ length: plan.contenders }, startContender));
  const count = { acquired: 0, refused: 0, suspended: 0, killed: 0 };
  const problems: string[] = [];
  try {
    const owner = await describeProcess(process.pid);
    for (const round of planLeaseRounds(plan)) {
      const basePath = join(folder, String(round.index), 'id');
      mkdirSync(join(basePath, '..'));
      plantLease(basePath, round.found, owner);
      const answers = await playRound(contenders, basePath, round);
      count.acquired += answers.filter(({ held }) => held).length;
      count.refused += answers.filter(({ held }) => !held).length;
      if (round.suspended !== undefined) count[round.suspended.isKilled ? 'killed' : 'suspended'] += 1;
      const pids = new Set(contenders.map(({ process: { pid } }) => pid));
      problems.push(...faultsOf(answers, pids).map((fault) => `round ${round.index} (${round.found}): ${fault}`));
      await Promise.all(contenders.map(release));
      const left = readdirSync(join(basePath, '..'));
      if (left.length > 0) problems.push(`round ${round.index} (${round.found}): left behind: ${left.join(', ')}`);
      rmSync(join(basePath, '..'), { recursive: true });
    }
  } finally {
    await Promise.all(contenders.map(end));
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { contenders: plan.contenders, rounds: plan.rounds, ...count, seconds, problems };
}

/** Resolves with the answers of the contenders that are alive at the end. */
async function playRound(contenders: Contender[], basePath: string, { suspended }: LeaseRound): Promise<readonly Answer[]> {
  for (const contender of contenders) contend(contender, basePath);
  const stopped = suspended === undefined ? undefined : contenders[suspended.contender];
  if (suspended === undefined || stopped === undefined) return await Promise.all(contenders.map(({ answer }) => answer));
  await passUs(suspended.afterUs);
  stopped.process.kill('SIGSTOP');
  const others = contenders.filter((contender) => contender !== stopped);
  const early = await Promise.all(others.map(({ answer }) => answer));
  if (!suspended.isKilled || early.filter(({ held }) => held).length > 1) {
    stopped.process.kill('SIGCONT');
    return [...early, await stopped.answer];
  }
  stopped.answer.catch(() => undefined); // it returns none
  await end(stopped);
  contenders[suspended.contender] = await startContender();
  const holders = early.filter(({ held }) => held);
  if (holders.length > 0) return early;
  for (const contender of others) contend(contender, basePath);
  return await Promise.all(others.map(({ answer }) => answer));
}

function faultsOf(answers: readonly Answer[], pids: ReadonlySet<number | undefined>): readonly string[] {
  const holders = answers.filter(({ held }) => held).length;
  return [
    ...(holders === 1 ? [] : [`${holders} holders`]),
    ...answers.flatMap(({ error }) => error ?? []),
    ...answers.flatMap(({ byPid }) => (byPid === undefined || pids.has(byPid) ? [] : [`refused with pid ${byPid}, which is no contender`])),
  ];
}

function plantLease(basePath: string, found: Found, owner: LeaseProcess): void {
  if (found === 'free') return;
  const path = `${basePath}.gantry-lease.json`;
  const ended = { ...owner, pid: ENDED_PID, host: 'desktop', startedAtMs: Date.now() };
  const stale = found === 'reused pid' && owner.processStart !== undefined ? { ...ended, pid: owner.pid, processStart: '1' } : ended;
  writeFileSync(path, JSON.stringify({ ...stale, token: 'stale' }));
  if (found === 'claimed') writeFileSync(`${path}.stale`, JSON.stringify({ ...ended, token: 'claim' }));
}

async function startContender(): Promise<Contender> {
  const child = fork(FIXTURE, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message'); // ready
  return { process: child, answer: Promise.resolve({ held: false }) };
}

function contend(contender: Contender, basePath: string): void {
  contender.answer = ask(contender, { contend: basePath }) as Promise<Answer>; // the fixture sends this type
}

async function release(contender: Contender): Promise<void> {
  await ask(contender, 'release');
}

/** Rejects when the contender ends without an answer. */
async function ask({ process: child }: Contender, message: ToContender): Promise<FromContender> {
  const ended = new AbortController();
  const fail = () => ended.abort(new Error(`contender ${child.pid} has ended`));
  child.once('exit', fail);
  try {
    const answered = once(child, 'message', { signal: ended.signal });
    child.send(message);
    const [answer] = (await answered) as [FromContender]; // the fixture sends nothing else
    return answer;
  } finally {
    child.off('exit', fail);
  }
}

async function end({ process: child }: Contender): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Timers are too coarse to hit the middle of an acquisition. */
async function passUs(us: number): Promise<void> {
  const untilMs = performance.now() + us / 1000;
  while (performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
}
