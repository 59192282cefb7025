/**
 * Several simultaneous `gantry -p --resume` on a session with a stale lease: one run writes and answers, the others end with
 * exit code 1 and name the process that has the session. The model answers after the others have ended, so that the writer
 * still holds the session.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Ended, ended, run, start } from '../interop/programs.ts';
import { chatsOf, createWorld, readSession, type World } from '../interop/world.ts';

export interface ResumesReport {
  readonly rounds: number;
  readonly programs: number;
  readonly answered: number;
  readonly refused: number;
  readonly seconds: number;
  /** The violations, as text; empty if there are none. */
  readonly problems: readonly string[];
}

export async function proveResumes({ rounds, programs }: { rounds: number; programs: number }): Promise<ResumesReport> {
  await using world = await createWorld();
  const startedAt = performance.now();
  const count = { answered: 0, refused: 0 };
  const problems: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { answered, refused, faults } = await playRound(world, programs);
    count.answered += answered;
    count.refused += refused;
    problems.push(...faults.map((fault) => `round ${round}: ${fault}`));
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { rounds, programs, ...count, seconds, problems };
}

async function playRound(world: World, programs: number) {
  const id = writeStaleSession(world);
  const decided = Promise.withResolvers<void>();
  let undecided = programs;
  const decide = () => {
    undecided -= 1;
    if (undecided <= 0) decided.resolve();
  };
  world.model.answer = () => {
    decide();
    return { text: 'The only answer.', after: decided.promise };
  };
  const runs = Array.from({ length: programs }, async (_unused, at) => {
    const child = start('gantry', world, ['--resume', id, '-p', `Prompt ${at}`]);
    const end = await ended(child, '');
    decide(); // again for the one that was answered, which changes nothing
    return { pid: child.pid, ...end };
  });
  const ends = await Promise.all(runs);
  const winners = ends.filter(({ code }) => code === 0);
  const losers = ends.filter(({ code }) => code !== 0);
  const names = new RegExp(`open in another program \\(gantry command, process ${winners[0]?.pid}\\)\\. Close it there, or`);
  const prompts = readSession(world, id).filter(({ type }) => type === 'user');
  const left = readdirSync(chatsOf(world)).filter((name) => name.startsWith(id) && name !== `${id}.jsonl`);
  return {
    answered: winners.length,
    refused: losers.length,
    faults: [
      ...(winners.length === 1 ? [] : [`${winners.length} runs answered`]),
      ...winners.flatMap(({ out }) => (out === 'The only answer.\n' ? [] : [`the answer is ${JSON.stringify(out)}`])),
      ...losers.flatMap(({ code, err }) => (code === 1 && names.test(err) ? [] : [`refused with code ${code}: ${err}`])),
      ...(prompts.length === 2 ? [] : [`${prompts.length - 1} prompts were written`]),
      ...(left.length === 0 ? [] : [`left behind: ${left.join(', ')}`]),
    ],
  };
}

/** A run on a session whose lease belongs to a silent process on another machine. */
export async function resumeSilent(): Promise<Ended> {
  await using world = await createWorld();
  const id = writeStaleSession(world, { scope: 'another boot', machine: 'other-box' });
  const at = new Date(Date.now() - 3_600_000);
  utimesSync(join(chatsOf(world), `${id}.gantry-lease.json`), at, at);
  return await run('gantry', world, ['--resume', id, '-p', 'Go on.']);
}

/** A session of one prompt, with the lease of a process that has ended. */
function writeStaleSession(world: World, fields: object = {}): string {
  const id = randomUUID();
  const record = { uuid: randomUUID(), parentUuid: null, sessionId: id, timestamp: new Date().toISOString(), type: 'user' };
  const message = { role: 'user', parts: [{ text: 'The first prompt.' }] };
  const base = join(chatsOf(world), id);
  mkdirSync(chatsOf(world), { recursive: true });
  writeFileSync(`${base}.jsonl`, `${JSON.stringify({ ...record, cwd: world.project, version: '1', message })}\n`);
  const lease = { pid: 2 ** 22 + 1, token: 'stale', host: 'desktop', machine: hostname(), startedAtMs: Date.now(), ...fields };
  writeFileSync(`${base}.gantry-lease.json`, JSON.stringify(lease));
  return id;
}
