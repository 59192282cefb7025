import { expect, test } from 'vitest';
import { proveSessionKills } from './session-kill.ts';
import { planSessionKills } from './session-kill-plan.ts';

/** The seeded sample of `npm run bench -- session-kills`, which does 200. */
test('after a kill -9 during a run the session file is valid, has everything that was reported, and continues', {
  timeout: 300_000,
}, async () => {
  const reports = await proveSessionKills(planSessionKills(4, 20_261_121));
  expect(reports.flatMap(({ index, host, problems }) => problems.map((problem) => `kill ${index} (${host}): ${problem}`))).toEqual([]);
  expect(reports.filter(({ reported }) => reported > 5).length).toBeGreaterThan(1);
});
