/**
 * 1,000 promotions at uniformly distributed times, 100 in the first 20 ms and 100 within 5 ms of the exit, through the server
 * host and WebSocket, every byte compared; `--load` runs three busy loops at the same time. `npm run bench -- promotions
 * [--uniform N] [--early N] [--late N] [--seed N] [--parallel N] [--load] [--out file]`
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { planTrials } from '../e2e/promotions/plan.ts';
import { provePromotions } from '../e2e/promotions/proof.ts';
import { startBusyLoops } from '../e2e/support/busy-loops.ts';

const { values } = parseArgs({
  options: {
    uniform: { type: 'string', default: '1000' },
    early: { type: 'string', default: '100' },
    late: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    load: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

const trials = planTrials({ uniform: Number(values.uniform), early: Number(values.early), late: Number(values.late) }, Number(values.seed));
let done = 0;
const startedAt = performance.now();
const stopLoops = values.load ? startBusyLoops() : undefined;
const reports = await provePromotions(trials, {
  parallel: Number(values.parallel),
  onReport: ({ index, problems }) => {
    done += 1;
    for (const problem of problems) console.log(`trial ${index}: ${problem}`);
    if (done % 50 === 0) console.log(`${done} of ${trials.length}`);
  },
}).finally(() => stopLoops?.());

const quantile = (of: readonly number[], at: number) =>
  [...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * at))] ?? 0;
const result = {
  trials: reports.length,
  load: values.load,
  failed: reports.filter(({ problems }) => problems.length > 0).length,
  promoted: reports.filter(({ promoted }) => promoted).length,
  eagerViewersThatNeverLagged: reports.filter(({ eagerLagged }) => !eagerLagged).length,
  runsRepeatedBecauseTheMachineStalled: reports.reduce((sum, { attempts }) => sum + attempts - 1, 0),
  endedFirst: reports.filter(({ promoted }) => !promoted).length,
  sentWithin20MsOfStart: reports.filter(({ sentAfterStartMs }) => sentAfterStartMs <= 20).length,
  sentWithin5MsOfEnd: reports.filter(({ sentBeforeEndMs }) => Math.abs(sentBeforeEndMs) <= 5).length,
  bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
  linesPerSecondMin: Math.round(
    quantile(
      reports.flatMap(({ linesPerSecond }) => linesPerSecond ?? []),
      0,
    ),
  ),
  linesPerSecondMedian: Math.round(
    quantile(
      reports.flatMap(({ linesPerSecond }) => linesPerSecond ?? []),
      0.5,
    ),
  ),
  promoteMsMedian: Number(
    quantile(
      reports.map(({ promoteMs }) => promoteMs),
      0.5,
    ).toFixed(2),
  ),
  promoteMsP99: Number(
    quantile(
      reports.map(({ promoteMs }) => promoteMs),
      0.99,
    ).toFixed(2),
  ),
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
console.log(JSON.stringify(result, null, 2));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.failed === 0 && result.eagerViewersThatNeverLagged === result.trials ? 0 : 1;
