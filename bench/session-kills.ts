/**
 * `kill -9` at 200 times during a run, half of them of the command line, half of the server host. `npm run bench --
 * session-kills [--count N] [--seed N] [--out file]`
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { proveSessionKills } from '../e2e/server/session-kill.ts';
import { planSessionKills } from '../e2e/server/session-kill-plan.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});

const startedAt = performance.now();
let done = 0;
const reports = await proveSessionKills(planSessionKills(Number(values.count), Number(values.seed)), ({ index, host, problems }) => {
  done += 1;
  for (const problem of problems) console.log(`kill ${index} (${host}): ${problem}`);
  if (done % 20 === 0) console.log(`${done} of ${values.count}`);
});

const sum = (of: (report: (typeof reports)[number]) => number) => reports.reduce((total, report) => total + of(report), 0);
const result = {
  kills: reports.length,
  failed: reports.filter(({ problems }) => problems.length > 0).length,
  hosts: Object.fromEntries([...Map.groupBy(reports, ({ host }) => host)].map(([host, of]) => [host, of.length])),
  recordsAfterTheKill: sum(({ records }) => records),
  withoutAFile: reports.filter(({ records }) => records === 0).length,
  tornLines: reports.filter(({ isTorn }) => isTorn).length,
  reportedAndFound: sum(({ reported }) => reported),
  callsLeftOpen: sum(({ openCalls }) => openCalls),
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
console.log(JSON.stringify(result, null, 2));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.failed === 0 ? 0 : 1;
