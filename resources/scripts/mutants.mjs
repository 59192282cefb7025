/**
 * `npm run test:mutants`: deliberately breaks each promise of the background tasks and expects its test to fail.
 *
 * `main/test/mutants/BT-nn.patch` breaks exactly the behaviour of case BT-nn, `BT-nnb.patch` breaks it in another way. The head
 * of a patch says in one line what is broken and names the test files (`Tests: a b`); `git apply` skips the head. For each
 * patch: apply it to a copy of the tree, run the tests of those files whose name has the number, expect at least one to fail,
 * revert it. Before that, the same tests must pass without any patch. Exits with 1 when a mutant survives, a case has no patch,
 * or a test fails without one. `npm run test:mutants -- BT-7 12` runs only these cases; `--sample 2 --seed 5` two random ones.
 *
 * The whole run takes 3 to 4 minutes. It is not part of `npm test`, not even as a sample: a mutant in the code that ends
 * processes makes its test wait 20 s before it fails, so that two can take a minute. `npm test` does run
 * main/test/bt-mutants.test.ts: every case has a patch, which names a test of that number and still applies.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { assertNode, binOf, ROOT, runCommand } from './lib/run.mjs';

assertNode();

const CASES = 32;
/** A mutant may make a test hang; vitest's own limits end it well before this. Unit: ms. */
const RUN_MS = 1_800_000;
const PATCHES = join(ROOT, 'main/test/mutants');

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-mutants-')));
const tree = join(scratch, 'tree');
const temp = join(scratch, 'tmp');
let code = 1;
try {
  code = await main(parseArgs(process.argv.slice(2)));
} finally {
  endWhatRunsIn(scratch);
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(code);

async function main({ wanted, sample, seed }) {
  const cases = chooseCases(wanted, sample, seed);
  const mutants = cases.flatMap(readMutants);
  const missing = mutants.filter((mutant) => mutant.files.length === 0);
  for (const { name } of missing) console.log(`${name}: there is no patch`);
  const ready = mutants.filter((mutant) => mutant.files.length > 0);
  await copyTree();

  console.log('Without a patch:');
  const files = [...new Set(ready.flatMap((mutant) => mutant.files))];
  const plain = await runTests(files, `\\b(?:${ready.map(({ number }) => `BT-${number}`).join('|')})\\b`);
  console.log(`  ${plain.passed} passed, ${plain.failed} failed`);
  for (const name of plain.failedNames) console.log(`  red: ${name}`);

  const survivors = [];
  console.log('\n  case   result    seconds  what is broken');
  for (const mutant of ready) {
    const begun = performance.now();
    const result = plain.namesOf(mutant.number) === 0 ? 'no test' : await tryMutant(mutant);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`  ${mutant.name.padEnd(6)} ${result.padEnd(8)}  ${seconds.padStart(7)}  ${mutant.breaks}`);
    if (result !== 'red') survivors.push(mutant.name);
  }
  const isGreen = plain.failed === 0 && plain.passed > 0;
  console.log(
    `\nmutants: ${ready.length - survivors.length} of ${mutants.length} turn their test red` +
      `${survivors.length === 0 ? '' : `; not: ${survivors.join(', ')}`}${isGreen ? '' : '; the tests are red without a patch'}`,
  );
  return isGreen && survivors.length === 0 && missing.length === 0 ? 0 : 1;
}

function parseArgs(args) {
  const wanted = [];
  let sample;
  let seed = 1;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--sample') sample = Number(args[++i]);
    else if (args[i] === '--seed') seed = Number(args[++i]);
    else wanted.push(Number(/^(?:BT-)?0*(\d+)$/i.exec(args[i])?.[1]));
  }
  const isCase = (number) => Number.isInteger(number) && number >= 1 && number <= CASES;
  if (!wanted.every(isCase) || (sample !== undefined && !isCase(sample)) || !Number.isInteger(seed)) {
    console.error('usage: npm run test:mutants -- [BT-nn ...] [--sample n] [--seed n]');
    process.exit(2);
  }
  return { wanted, sample, seed };
}

function chooseCases(wanted, sample, seed) {
  const all = wanted.length > 0 ? wanted : Array.from({ length: CASES }, (_, i) => i + 1);
  if (sample === undefined) return all;
  const left = [...all];
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return Array.from({ length: Math.min(sample, left.length) }, () => left.splice(Math.floor(next() * left.length), 1)[0]);
}

/** A case without a patch has no files. */
function readMutants(number) {
  const name = `BT-${String(number).padStart(2, '0')}`;
  const found = readdirSync(PATCHES).filter((file) => file.startsWith(name) && file.endsWith('.patch'));
  return found.length === 0
    ? [{ name, number, path: '', breaks: '', files: [] }]
    : found.toSorted().map((file) => readMutant(number, file));
}

function readMutant(number, file) {
  const path = join(PATCHES, file);
  const [head] = readFileSync(path, 'utf8').split(/^diff --git /m, 1);
  const files = (/^Tests: (.+)$/m.exec(head)?.[1] ?? '').split(/\s+/).filter((name) => name !== '');
  return { name: file.slice(0, -'.patch'.length), number, path, breaks: /^Breaks: (.+)$/m.exec(head)?.[1] ?? '', files };
}

/** Files that git tracks or would track, with their current content; node_modules as a link. */
async function copyTree() {
  const listed = await runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { capture: true });
  if (listed.code !== 0) throw new Error(`git could not list the files: ${listed.output}`);
  mkdirSync(temp, { recursive: true });
  for (const file of listed.output.split('\0')) {
    if (file === '') continue;
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(join(ROOT, file), join(tree, file), {
      verbatimSymlinks: true,
      force: true,
      recursive: false,
      errorOnExist: false,
      filter: exists,
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
}

/** A file may be deleted and still be listed. */
function exists(path) {
  try {
    realpathSync(path);
    return true;
  } catch {
    return false;
  }
}

async function tryMutant({ path, files, number }) {
  const apply = (...flags) => runCommand('git', ['apply', '--whitespace=nowarn', ...flags, path], { capture: true, cwd: tree });
  const applied = await apply();
  if (applied.code !== 0) {
    console.log(applied.output.trimEnd());
    return 'rotten';
  }
  const { failed, passed, isBroken } = await runTests(files, `\\bBT-${number}\\b`, ['--bail=1']);
  endWhatRunsIn(scratch);
  const undone = await apply('-R');
  if (undone.code !== 0) throw new Error(`the patch could not be taken back: ${undone.output}`);
  if (failed > 0) return 'red';
  // A file that no longer loads proves nothing about the behaviour.
  return isBroken ? 'broken' : passed > 0 ? 'SURVIVED' : 'no test';
}

async function runTests(files, pattern, more = []) {
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  const args = [binOf('vitest'), 'run', ...files, '-t', pattern, '--reporter=json', `--outputFile.json=${report}`, ...more];
  const env = { TMPDIR: temp, VITEST_SKIP_INSTALL_CHECKS: '1' };
  const { output } = await runCommand(process.execPath, args, { capture: true, cwd: tree, env, timeoutMs: RUN_MS });
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log(output.slice(-2000));
    return { passed: 0, failed: 0, failedNames: [], isBroken: true, namesOf: () => 0 };
  }
  const ran = results.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status !== 'skipped' && test.status !== 'pending');
  const failed = ran.filter((test) => test.status === 'failed');
  return {
    passed: ran.length - failed.length,
    failed: failed.length,
    failedNames: failed.map((test) => test.fullName),
    isBroken: results.testResults.some((file) => file.status === 'failed' && file.assertionResults.length === 0),
    namesOf: (number) => ran.filter((test) => new RegExp(`\\bBT-${number}\\b`).test(test.fullName)).length,
  };
}

/** A mutant may leave processes behind: some of them break exactly that. Each of these works in our folder. */
function endWhatRunsIn(folder) {
  if (process.platform !== 'linux') return;
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) continue;
    try {
      const cwd = readlinkSync(`/proc/${id}/cwd`);
      if (cwd === folder || cwd.startsWith(folder + sep)) process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}
