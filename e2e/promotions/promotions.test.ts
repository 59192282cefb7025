import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { planTrials } from './plan.ts';
import { provePromotions } from './proof.ts';

const hasPerl = spawnSync('perl', ['-MDigest::SHA', '-e', '1']).status === 0;

/** The seeded sample of `npm run bench -- promotions`, which runs 1,200. */
test.runIf(hasPerl)(
  'BT-1 BT-9 BT-12 promoting at any moment of a flood loses no byte and settles once with the right status, through the server and WebSocket',
  { timeout: 600_000 },
  async () => {
    const reports = await provePromotions(planTrials({ uniform: 9, early: 3, late: 3 }, 20_260_517), { parallel: 2 });
    expect(reports.flatMap(({ index, problems }) => problems.map((problem) => `trial ${index}: ${problem}`))).toEqual([]);
    expect(reports).toHaveLength(15);
    expect(reports.filter((report) => !report.eagerLagged).length).toBeGreaterThan(10);
    expect(reports.filter((report) => report.promoted).length).toBeGreaterThan(8);
    expect(reports.filter((report) => report.bytes === 0).length).toBe(3); // the silent ones
  },
);
