/** Checks that every case, page, section and file exists that a comment or a page names. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unresolvedReferences } from './lib/references.mjs';
import { ROOT } from './lib/run.mjs';

const READ = /\.(tsx?|mjs|css|md)$/;
/** They deliberately name things that do not exist. */
const SKIPPED = /^e2e\/fixtures\/|references\.test\.ts$/;

const git = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
const texts = new Map();
for (const path of git.split('\0').filter(Boolean)) {
  texts.set(path, READ.test(path) && !SKIPPED.test(path) ? readFileSync(join(ROOT, path), 'utf8') : undefined);
}
const problems = unresolvedReferences(texts);
for (const problem of problems) console.log(problem);
console.log(`${texts.size} files, ${problems.length} references that lead nowhere`);
process.exit(problems.length === 0 ? 0 : 1);
