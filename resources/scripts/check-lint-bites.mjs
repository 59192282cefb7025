/** Runs the real lint rules over e2e/fixtures/bad-lint, where each file breaks the rules that its first line names. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { binOf, ROOT, runNode } from './lib/run.mjs';

// Overrides are matched below the folder of the configuration, so the fixtures are copied beside a copy of it.
const folder = mkdtempSync(join(ROOT, 'node_modules', '.bad-lint-'));
const problems = [];
let bites = 0;
try {
  cpSync(join(ROOT, 'e2e/fixtures/bad-lint'), folder, { recursive: true });
  const config = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'));
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify({ ...config, ignorePatterns: [] }));
  const tsconfig = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...tsconfig, extends: '../../tsconfig.base.json' }));
  const { output } = await runNode([binOf('oxlint'), '--type-aware', '--no-ignore', '--format', 'json'], { capture: true, cwd: folder });
  const { diagnostics } = JSON.parse(output.slice(output.indexOf('{')));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    const expected = /^\/\/ breaks: (.+)$/m.exec(readFileSync(join(folder, path), 'utf8'))?.[1].split(', ') ?? [];
    const found = diagnostics
      .filter(({ filename }) => filename.replaceAll('\\', '/').endsWith(path))
      .map(({ code }) => /\((.+)\)/.exec(code)?.[1]);
    for (const rule of expected) {
      if (found.includes(rule)) bites += 1;
      else problems.push(`${path} should break ${rule} and does not (it breaks: ${found.join(', ') || 'nothing'})`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (bites === 0) problems.push('no rule was seen to bite');
console.log(`${bites} lint rules seen to bite`);
for (const problem of problems) console.log(`  ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
