/**
 * Attacks on the check of shell commands, drawn from the programs' manuals; what would run without a question runs in a cage and
 * must change nothing, reach nothing, leave nothing behind and print no secret.
 * `npm run bench -- shell-attacks [--count 5000] [--seed N] [--mode cage|wall|no-wall] [--out file]`; the modes: prove-attacks.ts
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type AttackMode, proveAttacks } from '../e2e/shell-attacks/prove-attacks.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'cage' },
    out: { type: 'string' },
  },
});
const MODES: readonly AttackMode[] = ['cage', 'wall', 'no-wall'];
const mode = MODES.find((each) => each === values.mode);
if (mode === undefined) throw new Error(`--mode is one of ${MODES.join(', ')}`);
const { problems, ...report } = await proveAttacks({ count: Number(values.count), seed: Number(values.seed), mode });
for (const problem of problems.slice(0, 50)) console.error(problem);
const result = { ...report, seed: Number(values.seed), problems: problems.length };
console.log(JSON.stringify(result));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
