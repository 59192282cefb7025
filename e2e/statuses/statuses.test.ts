import { expect, test } from 'vitest';
import { CLI } from '../../main/test/support/built-cli.ts';
import { KIND_NAMES, planStatuses } from './plan.ts';
import { runStatuses } from './run-hosts.ts';

/** The seeded sample of `npm run bench -- statuses`, which runs 2,000 commands. */
test.skipIf(process.platform === 'win32')(
  'BT-10 through the command line and the server every command has its own status and its own output, however it uses its terminal',
  { timeout: 600_000 },
  async () => {
    const runs = planStatuses(24, 149, ['cli', 'server']).map((run) => ({ ...run, isLoaded: false }));
    const reports = await runStatuses(runs, { parallel: 2, cliEntry: CLI });
    expect(reports.flatMap(({ index, host, kind, problems }) => problems.map((problem) => `${index} ${host} ${kind}: ${problem}`))).toEqual(
      [],
    );
    expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(KIND_NAMES));
    expect(reports.filter(({ isFirst }) => isFirst).length).toBe(5);
  },
);
