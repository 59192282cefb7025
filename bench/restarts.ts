/**
 * 200 starts and ends of the server host with running tasks, a third by kill -9 of the server, a third by SIGTERM, a third
 * by kill -9 of server and pty host. `npm run bench -- restarts [--count N] [--seed N] [--out file]`
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { planRestarts } from '../e2e/support/restart-plan.ts';
import { proveRestarts } from '../e2e/support/restarts.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});

const startedAt = performance.now();
let done = 0;
const reports = await proveRestarts(planRestarts(Number(values.count), Number(values.seed)), ({ index, ending, problems }) => {
  done += 1;
  for (const problem of problems) console.log(`restart ${index} (${ending}): ${problem}`);
  if (done % 20 === 0) console.log(`${done} of ${values.count}`);
});

const quantile = (of: readonly number[], at: number) =>
  Math.round([...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * at))] ?? 0);
const endings = Map.groupBy(reports, ({ ending }) => ending);
const result = {
  restarts: reports.length,
  failed: reports.filter(({ problems }) => problems.length > 0).length,
  endings: Object.fromEntries([...endings].map(([ending, of]) => [ending, of.length])),
  tasks: reports.reduce((sum, { tasks }) => sum + tasks, 0),
  survivorsToldAndStopped: reports.reduce((sum, { survivors }) => sum + survivors, 0),
  goneMsMedian: Object.fromEntries(
    [...endings].map(([ending, of]) => [
      ending,
      quantile(
        of.map(({ goneMs }) => goneMs),
        0.5,
      ),
    ]),
  ),
  goneMsMax: quantile(
    reports.map(({ goneMs }) => goneMs),
    1,
  ),
  startMsMedian: quantile(
    reports.map(({ startMs }) => startMs),
    0.5,
  ),
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
console.log(JSON.stringify(result, null, 2));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.failed === 0 ? 0 : 1;
