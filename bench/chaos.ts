/**
 * `npm run bench -- chaos [--turns 500] [--seed 1] [--out file]` Turns with failing servers: 5 % each of 429, 500, malformed
 * and cut answers, over every protocol; the session moves from one to the other. Once with seeded failures made here, once with
 * the mock's own. Exits with 1 if a turn did not end, a history was invalid, or a session file did not load.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ANTHROPIC, GEMINI, OPENAI, OPENAI_RESPONSES } from '../main/test/support/agent-protocols.ts';
import { runChaos } from '../main/test/support/chaos-run.ts';

const { values } = parseArgs({
  options: { turns: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});
const protocols = [OPENAI, OPENAI_RESPONSES, ANTHROPIC, GEMINI];
const turns = Number(values.turns);
const seed = Number(values.seed);
const startedAt = performance.now();
const result: Record<string, object> = {};
let hasProblems = false;
for (const by of ['front', 'mock'] as const) {
  const report = await runChaos({ protocols, turns, seed, by });
  hasProblems ||= report.problems.length > 0;
  result[by] = { ...report, problems: report.problems.slice(0, 20), problemCount: report.problems.length };
}
const figures = {
  seed,
  protocols: protocols.map(({ protocol }) => protocol),
  ...result,
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
console.log(JSON.stringify(figures, null, 2));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(hasProblems ? 1 : 0);
