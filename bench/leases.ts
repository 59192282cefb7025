/**
 * Many processes contend for one stale lease: 10 in 3,000 rounds, 2 in 2,000, 10 in 300 rounds in which one is suspended or
 * killed, and four simultaneous `gantry -p --resume` in 50 rounds. There must always be exactly one holder, and no file left
 * behind. `npm run bench -- leases [--scale 1] [--seed N] [--out file]`; `--scale 0.1` runs a tenth of the rounds.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { proveContention } from '../e2e/leases/lease-contention.ts';
import { proveResumes } from '../e2e/leases/resumes.ts';

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});
const scaled = (rounds: number) => Math.max(1, Math.round(rounds * Number(values.scale)));
const seed = Number(values.seed);

const done = <T extends { readonly problems: readonly string[] }>(name: string, report: T) => {
  for (const problem of report.problems.slice(0, 20)) console.error(`${name}: ${problem}`);
  const result = { ...report, problems: report.problems.length };
  console.log(name, JSON.stringify(result));
  return result;
};
const result = {
  ten: done('ten', await proveContention({ contenders: 10, rounds: scaled(3000), suspendedShare: 0, seed })),
  two: done('two', await proveContention({ contenders: 2, rounds: scaled(2000), suspendedShare: 0, seed })),
  suspended: done('suspended', await proveContention({ contenders: 10, rounds: scaled(300), suspendedShare: 1, seed })),
  resumes: done('resumes', await proveResumes({ rounds: scaled(50), programs: 4 })),
};
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = Object.values(result).every(({ problems }) => problems === 0) ? 0 : 1;
