/**
 * Checks the imports of the whole tree, and of e2e/fixtures/bad-imports, where each file breaks the rule that its first line
 * names. A rule that no fixture breaks fails too, and so does a run without modules: without a TypeScript compiler that it can
 * read, dependency-cruiser reports zero modules as a success.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { crowdedFolders, folderCycles } from './lib/folder-graph.mjs';
import { ROOT } from './lib/run.mjs';

const LEAST_MODULES = 60;
const problems = [];

async function violationsIn(folder, roots) {
  process.chdir(folder);
  // A query makes it a new module: the configuration looks for doors in the current folder.
  const { default: config } = await import(`../../.dependency-cruiser.mjs?at=${encodeURIComponent(folder)}`);
  const { output } = await cruise(roots, {
    ...config.options,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    baseDir: folder,
    ...(folder === ROOT ? {} : { exclude: undefined }),
  });
  output.summary.violations.push(...folderCycles(output.modules));
  return { rules: [...config.forbidden.map((rule) => rule.name), 'no-folder-cycle'], ...output };
}

const real = await violationsIn(
  ROOT,
  ['main', 'renderer', 'preload', 'e2e', 'bench', 'resources/prompts'].filter((folder) => readdirSync(ROOT).includes(folder.split('/')[0])),
);
if (real.summary.totalCruised < LEAST_MODULES)
  problems.push(`only ${real.summary.totalCruised} modules were cruised: is \`typescript\` (6) installed?`);
for (const { rule, from, to, cycle } of real.summary.violations) {
  problems.push(`${rule.name}: ${from} -> ${cycle ? cycle.map((step) => step.name ?? step).join(' -> ') : to}`);
}
for (const { folder, count } of crowdedFolders(real.modules)) problems.push(`${folder} holds ${count} production files: divide it`);

const fixtures = join(ROOT, 'e2e/fixtures/bad-imports');
const bad = await violationsIn(fixtures, ['main', 'renderer', 'preload']);
const broken = new Set();
for (const entry of readdirSync(fixtures, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = relative(fixtures, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
  const expected = /^\/\/ breaks: (.+)$/m.exec(readFileSync(join(fixtures, path), 'utf8'))?.[1].split(', ') ?? [];
  const found = new Set(bad.summary.violations.filter(({ from }) => from === path).map(({ rule }) => rule.name));
  for (const name of expected) {
    if (found.has(name)) broken.add(name);
    else problems.push(`the fixture ${path} should break ${name} and does not (it breaks: ${[...found].join(', ') || 'nothing'})`);
  }
  if (expected.length === 0 && found.size > 0)
    problems.push(`the fixture ${path} should break nothing and breaks ${[...found].join(', ')}`);
}
// Homes and doors are generated from tables; one fixture of each kind shows that they work.
for (const name of bad.rules.filter((rule) => !/^(home|door)-of-/.test(rule) && !broken.has(rule)))
  problems.push(`no fixture breaks the rule ${name}`);
for (const kind of ['home-of-', 'door-of-'])
  if (![...broken].some((name) => name.startsWith(kind))) problems.push(`no fixture breaks a rule ${kind}...`);

console.log(
  `${real.summary.totalCruised} modules, ${real.summary.totalDependenciesCruised} imports, ${bad.rules.length} rules, ${broken.size} of them seen to bite`,
);
for (const problem of problems) console.log(`  ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
