/**
 * 2,000 commands of every kind in e2e/statuses/plan.ts through the command line, the server and, if available, Electron; half
 * of them beside three busy loops. The result that the model receives must have the command's own status and every byte of its
 * output. `npm run bench -- statuses [--count N] [--seed N] [--parallel N] [--out file]`
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whyNot } from '../e2e/support/hosts.ts';
import { type Host, planStatuses } from '../e2e/statuses/plan.ts';
import { type CaseReport, runStatuses } from '../e2e/statuses/run-hosts.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    out: { type: 'string' },
  },
});

const noDesktop = whyNot('desktop');
if (noDesktop !== undefined) console.log(`Without the desktop: ${noDesktop}`);
const hosts: readonly Host[] = noDesktop === undefined ? ['cli', 'server', 'desktop'] : ['cli', 'server'];
const runs = planStatuses(Number(values.count), Number(values.seed), hosts);
const total = runs.reduce((sum, { cases }) => sum + cases.length, 0);
const startedAt = performance.now();
let done = 0;
const reports = await runStatuses(runs, {
  parallel: Number(values.parallel),
  cliEntry: join(import.meta.dirname, '../resources/bin/gantry.js'),
  onRun: (found) => {
    for (const { index, host, kind, problems } of found)
      for (const problem of problems) console.log(`command ${index} (${host}, ${kind}): ${problem}`);
    const before = Math.floor(done / 100);
    done += found.length;
    if (Math.floor(done / 100) > before) console.log(`${done} of ${total}`);
  },
});

const count = (of: readonly CaseReport[]) => ({
  commands: of.length,
  firstOfTheirProcess: of.filter(({ isFirst }) => isFirst).length,
  besideBusyLoops: of.filter(({ isLoaded }) => isLoaded).length,
  wrong: of.filter(({ problems }) => problems.length > 0).length,
});
const grouped = (by: (report: CaseReport) => string) =>
  Object.fromEntries([...Map.groupBy(reports, by)].map(([name, of]) => [name, count(of)]));
const result = {
  seed: Number(values.seed),
  ...count(reports),
  hosts: grouped(({ host }) => host),
  kinds: grouped(({ kind }) => kind),
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
console.table({ ...result.hosts, ...result.kinds, all: count(reports) });
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exit(result.wrong === 0 && result.commands === total ? 0 : 1);
