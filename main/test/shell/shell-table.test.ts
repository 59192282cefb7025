/** Source: docs/approvals.md, "Proof". `FC_RUNS=2000` generates more commands; `FC_SEED=random` others. */
import '../support/seed-properties.ts';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decideApproval } from '../../engine/approval/approval-policy.ts';
import { parseRules } from '../../engine/approval/permission-rules.ts';
import { classifyPath } from '../../engine/approval/protected-paths.ts';
import { lookAtCommand } from '../../engine/approval/shell/shell-facts.ts';
import { shellCommand } from './shell-generator.fixture.ts';
import { createShellOracle, realFiles } from './shell-oracle.fixture.ts';
import { ALLOWED, ASKED, DENIED, RULES } from './shell-table.fixture.ts';

const oracle = createShellOracle();
afterAll(() => oracle.close());
const { project, home } = oracle;
const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const NO_RULES = { allow: [], ask: [], deny: [] };
const GENERATED = Number(process.env['FC_RUNS'] ?? 110);

async function answerOf(command: string, lists = RULES) {
  const shell = await lookAtCommand(command, {
    cwd: project,
    home,
    env: oracle.env,
    roots: [project],
    readableRoots: [project],
    fs: realFiles,
    logger,
    hasWall: true,
  });
  return decideApproval({
    mode: 'default',
    toolName: 'run_shell_command',
    toolKind: 'shell',
    touches: [],
    command,
    cwd: classifyPath(project, project, [project]),
    shell,
    grants: new Set(),
    unattended: false,
    rules: parseRules(lists),
    place: { root: project, home },
  });
}

const rows = [
  ...ALLOWED.map((command) => ({ command, verdict: 'allow' })),
  ...ASKED.map((command) => ({ command, verdict: 'ask' })),
  ...DENIED.map((command) => ({ command, verdict: 'deny' })),
];

test('the table has at least 200 commands, no two of them the same', () => {
  expect(new Set(rows.map(({ command }) => command)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThanOrEqual(200);
});

test.each(rows)('$verdict: $command', async ({ command, verdict }) => {
  expect(await answerOf(command)).toMatchObject({ kind: verdict });
});

test('commands that the table allows without a rule change nothing when they run', async () => {
  const harmful: unknown[] = [];
  for (const command of ALLOWED) {
    const answer = await answerOf(command, NO_RULES);
    if (answer.kind !== 'allow') continue;
    const effects = oracle.effectsOf(command, answer.run);
    if (effects.length > 0) harmful.push({ command, effects });
  }
  expect(harmful).toEqual([]);
});

test.each([
  ['touch pwned', ['project/pwned']],
  ['rm b.txt', ['project/b.txt']],
  ['chmod 700 a.txt', ['project/a.txt']],
  ['curl https://example.com', ['calls.log']],
  ['setsid sleep 30 &', ['process']],
  ['git tag v1', ['project/.git/refs/tags/v1']],
  ['ls', []],
])('the oracle detects what %s does', (command, effects) => {
  // A process may not have its own name yet at the first look, and have it at the second.
  const seen = new Set(oracle.effectsOf(command).map((effect) => effect.replace(/^process .*/, 'process')));
  expect([...seen]).toEqual(effects);
});

test(
  `of ${GENERATED} generated commands, none with an effect is allowed`,
  async () => {
    const counts = { allow: 0, ask: 0, deny: 0 };
    await fc.assert(
      fc.asyncProperty(shellCommand, async (command) => {
        const answer = await answerOf(command, NO_RULES);
        counts[answer.kind] += 1;
        if (answer.kind === 'allow') expect({ command, effects: oracle.effectsOf(command, answer.run) }).toEqual({ command, effects: [] });
      }),
      { numRuns: GENERATED },
    );
    // Otherwise a policy that always asks would pass.
    expect(counts.allow).toBeGreaterThan(GENERATED / 8);
    expect(counts.ask).toBeGreaterThan(GENERATED / 8);
  },
  GENERATED * 1000,
);

test('generated commands with an effect need approval', async () => {
  const commands = fc.sample(shellCommand, 60);
  const acting = commands.filter((command) => oracle.effectsOf(command).length > 0);
  expect(acting.length).toBeGreaterThan(5);
  for (const command of acting) expect([command, (await answerOf(command, NO_RULES)).kind]).toEqual([command, 'ask']);
});
