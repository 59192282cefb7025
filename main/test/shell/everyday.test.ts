/** What agents run all day runs without a question, does nothing, and answers as the shell would. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answerTo } from '../../../e2e/shell-attacks/prove-attacks.ts';
import { createSandbox } from '../../engine/sandbox/index.ts';
import { EVERYDAY } from './everyday.fixture.ts';
import { createShellOracle } from './shell-oracle.fixture.ts';

const oracle = createShellOracle({ lay });
afterAll(() => oracle.close());

function lay(base: string): void {
  const project = join(base, 'project');
  const write = (name: string, text: string) => writeFileSync(join(project, name), text);
  write('src/a.ts', Array.from({ length: 60 }, (_, at) => `export const foo${at} = ${at};\n`).join(''));
  write('index.ts', 'export {};\n');
  write('README.md', 'name: value\n');
  write('package.json', '{"name":"p","scripts":{"test":"true"},"dependencies":{}}\n');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=o', '-c', 'user.email=o@example.com', ...args], {
      cwd: project,
      env: { PATH: process.env['PATH'], HOME: join(base, 'home') },
      stdio: 'pipe',
    });
  git('add', 'src', 'index.ts', 'README.md', 'package.json');
  git('commit', '-qm', 'second');
  write('index.ts', 'export const changed = 1;\n');
}

test('of at least 150 everyday commands, all run without a question, with and without a wall', async () => {
  expect(new Set(EVERYDAY).size).toBe(EVERYDAY.length);
  expect(EVERYDAY.length).toBeGreaterThanOrEqual(150);
  const asked: unknown[] = [];
  for (const hasWall of [true, false]) {
    for (const command of EVERYDAY) {
      const answer = await answerTo(command, oracle, hasWall);
      if (answer.kind !== 'allow') asked.push({ command, hasWall, answer });
    }
  }
  expect(asked).toEqual([]);
});

/** Where no sandbox works, the list is shorter. */
const NEED_A_WALL = [
  ...[
    'comm src/a.ts src/b.ts',
    'tac README.md',
    'rev README.md',
    'fold -w 40 README.md',
    'paste README.md README.md',
    'column -t README.md',
  ],
  ...['egrep foo src/a.ts', 'readlink src', 'sha1sum README.md', 'sha512sum README.md', 'git ls-tree HEAD', 'git rev-list --count HEAD'],
  ...[
    'git show-ref',
    "git for-each-ref --format='%(refname)'",
    'git name-rev HEAD',
    'git count-objects -v',
    'find . -perm -u+x',
    'find . -regex x',
  ],
  ...["awk '{print substr($1, 2)}' README.md", 'awk \'{print $1 "\\n"}\' README.md', "sed 's/a\\b/c/' README.md"],
  ...["jq '.a as $x | $x' package.json", 'jq \'.name | test("a.c$")\' package.json'],
];

test.each(NEED_A_WALL)('%s runs without a question behind a wall, and asks without one', async (command) => {
  expect([(await answerTo(command, oracle, true)).kind, (await answerTo(command, oracle, false)).kind]).toEqual(['allow', 'ask']);
});

test('a fourth of them has no effect when it runs', async () => {
  const harmful: unknown[] = [];
  for (const command of EVERYDAY.filter((_, at) => at % 4 === 0)) {
    const answer = await answerTo(command, oracle);
    const effects = answer.kind === 'allow' ? oracle.effectsOf(command, answer.run) : [];
    if (effects.length > 0) harmful.push({ command, effects });
  }
  expect(harmful).toEqual([]);
}, 300_000);

/** Their output names the program's path, the time or a process. */
const DIFFERS = /^(type|time|which|command|date|npm|git (show|diff|log -p|blame)|python3|tree|rg|uname)/;

test('what runs in their place prints what they print, tried with a fourth of them', async () => {
  const different: unknown[] = [];
  for (const command of EVERYDAY.filter((each, at) => at % 4 === 1 && !DIFFERS.test(each))) {
    const answer = await answerTo(command, oracle);
    if (answer.kind !== 'allow' || answer.run?.env === undefined) continue;
    const options = { cwd: oracle.project, encoding: 'utf8' } as const;
    const written = spawnSync('bash', ['-c', command], { ...options, env: { ...oracle.env } });
    const rebuilt = spawnSync('bash', ['-c', answer.run.command], { ...options, env: { ...answer.run.env } });
    if (written.stdout !== rebuilt.stdout || written.status !== rebuilt.status)
      different.push({ command, run: answer.run.command, written: written.stdout, rebuilt: rebuilt.stdout });
  }
  expect(different).toEqual([]);
}, 300_000);

const sandbox = createSandbox({ gantryHome: join(oracle.home, '..', 'gantry') });
const hasWall = (await sandbox.wall()).status === 'on';
/** A share of the list; `EVERYDAY_ALL=1` tries all of it. */
const isTried = (at: number) => process.env['EVERYDAY_ALL'] === '1' || at % 6 === 2;
/** Their output names the time, or the size of a hidden file. */
const VARIES = /^(time|date)|^ls -l.*\|/;

test.runIf(hasWall)(
  'behind the wall they print and return what they do outside it',
  async () => {
    const different: unknown[] = [];
    for (const command of EVERYDAY.filter((each, at) => isTried(at) && !VARIES.test(each))) {
      const answer = await answerTo(command, oracle);
      const run = answer.kind === 'allow' ? answer.run : undefined;
      if (run?.wall === undefined) continue;
      const place = { cwd: oracle.project, root: oracle.project, extraFolders: [] };
      const wrapped = await sandbox.wrapInWall(place, run.wall.hidden, { shell: '/bin/bash', args: ['-c', run.command] });
      if (!wrapped.ok) throw new Error(wrapped.refusal);
      const options = { cwd: oracle.project, encoding: 'utf8', env: { ...run.env } } as const;
      const outside = spawnSync('bash', ['-c', run.command], options);
      const inside = spawnSync(wrapped.run.shell, wrapped.run.args, options);
      const [one, other] = [outside, inside].map(({ stdout, stderr, status }) => ({ stdout, stderr, status }));
      if (JSON.stringify(one) !== JSON.stringify(other)) different.push({ command, one, other });
    }
    expect(different).toEqual([]);
  },
  600_000,
);
