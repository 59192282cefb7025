import { expect, test } from 'vitest';
import { missing } from '../../main/test/support/live-waits.ts';
import { planRestarts } from '../support/restart-plan.ts';
import { proveRestarts } from '../support/restarts.ts';

const noSetsid = missing('setsid');

/** The seeded sample of `npm run bench -- restarts`, which does 200. */
test.skipIf(noSetsid !== undefined)(
  `BT-18 after a kill of the server, a request to end, and a kill of both processes, only processes that the next start reports are left, and no task is shown as running ${noSetsid ?? ''}`,
  {
    timeout: 120_000,
  },
  async () => {
    const reports = await proveRestarts(planRestarts(3, 20_261_121));
    expect(reports.flatMap(({ index, ending, problems }) => problems.map((problem) => `restart ${index} (${ending}): ${problem}`))).toEqual(
      [],
    );
    expect(reports.map(({ ending }) => ending)).toEqual(['SIGKILL', 'SIGTERM', 'SIGKILL of both']);
    expect(reports.map(({ survivors }) => survivors)).toEqual([1, 1, 1]);
  },
);
