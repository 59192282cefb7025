/** The seeded samples of `npm run bench -- leases`. */
import { expect, test } from 'vitest';
import { proveContention } from './lease-contention.ts';
import { proveResumes, resumeSilent } from './resumes.ts';

test.each([
  { contenders: 6, rounds: 16, suspendedShare: 0 },
  { contenders: 3, rounds: 6, suspendedShare: 1 },
])(
  '$contenders processes that contend for a stale lease: one holder in each round, and no file is left behind',
  {
    timeout: 300_000,
  },
  async (plan) => {
    const { problems, ...counts } = await proveContention({ ...plan, seed: 20_261_130 });
    expect(problems).toEqual([]);
    expect(counts.acquired).toBe(plan.rounds);
    expect(counts.suspended + counts.killed).toBe(plan.suspendedShare * plan.rounds);
  },
);

test('of four runs that resume a session with a stale lease, one writes and the others name its process', {
  timeout: 300_000,
}, async () => {
  expect(await proveResumes({ rounds: 1, programs: 4 })).toMatchObject({ answered: 1, refused: 3, problems: [] });
});

test('a run waits for a heartbeat of another machine, and takes the session over if there is none', { timeout: 300_000 }, async () => {
  expect(await resumeSilent()).toMatchObject({
    code: 0,
    out: 'Noted.\n',
    err: expect.stringContaining('Took over the session from a program that has ended (Gantry app on other-box, process '),
  });
});
