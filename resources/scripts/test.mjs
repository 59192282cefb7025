/**
 * `npm test`: checks, unit and integration tests, build, end-to-end tests. Every step runs even after one has failed. The last
 * line is the sum of both runners: `N passed, N failed, N skipped`.
 *
 * `npm test -- --list-skipped FILE` writes the skipped tests to FILE, as JSON. `npm test -- --only FILE` runs only the tests
 * that FILE lists, for a machine on which more programs have been installed since.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';
import {
  countByStatus,
  describeHosts,
  isSameTest,
  playwrightList,
  readPlaywright,
  readVitest,
  vitestArguments,
} from './lib/test-report.mjs';

assertNode();
const { values: options } = parseArgs({ options: { only: { type: 'string' }, 'list-skipped': { type: 'string' } } });
const only = options.only === undefined ? undefined : JSON.parse(readFileSync(options.only, 'utf8'));
const reports = mkdtempSync(join(tmpdir(), 'gantry-test-'));
const failedSteps = [];

if (only === undefined) await step('check', [join(ROOT, 'resources/scripts/check.mjs')]);
const tests = [...(await runUnitTests()), ...(await runEndToEndTests())].filter(
  (test) => only === undefined || only.some((wanted) => isSameTest(wanted, test)),
);
rmSync(reports, { recursive: true, force: true });

const skipped = tests.filter(({ status }) => status === 'skipped');
if (options['list-skipped'] !== undefined) writeFileSync(options['list-skipped'], JSON.stringify(skipped, undefined, 2));
const counts = countByStatus(tests);
if (skipped.length > 0) console.log(`\nSkipped (a program or a display is missing, or another system is needed):\n${namesOf(skipped)}`);
if (counts.failed > 0) console.log(`\nFailed:\n${namesOf(tests.filter(({ status }) => status === 'failed'))}`);
if (failedSteps.length > 0) console.log(`\nFailed steps: ${failedSteps.join(', ')}`);
const hosts = describeHosts(tests);
if (hosts !== undefined) console.log(`\n${hosts}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failedSteps.length === 0 && counts.failed === 0 && (counts.passed > 0 || only !== undefined) ? 0 : 1);

async function runUnitTests() {
  const wanted = only?.filter(({ runner }) => runner === 'vitest');
  if (wanted?.length === 0) return [];
  const report = join(reports, 'unit.json');
  const chosen = wanted === undefined ? [] : vitestArguments(wanted);
  await step('unit', [binOf('vitest'), 'run', ...chosen, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  return read(report, 'vitest', (json) => readVitest(json, ROOT));
}

async function runEndToEndTests() {
  const wanted = only?.filter(({ runner }) => runner === 'playwright');
  if (wanted?.length === 0) return [];
  const report = join(reports, 'e2e.json');
  const list = join(reports, 'e2e-list.txt');
  if (wanted !== undefined) writeFileSync(list, playwrightList(wanted));
  const chosen = wanted === undefined ? [] : ['--test-list', list];
  const args = [join(ROOT, 'resources/scripts/e2e.mjs'), '--reporter=list,json', ...chosen];
  await step('e2e', args, { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  return read(report, 'playwright', readPlaywright);
}

async function step(name, args, env) {
  console.log(`\n== ${name}`);
  const startMs = performance.now();
  const { code } = await runNode(args, { env });
  console.log(`\n== ${name}: ${Math.round((performance.now() - startMs) / 1000)} s`);
  if (code !== 0) failedSteps.push(name);
}

/** A runner that ended before it could report counts as one failure. */
function read(file, runner, parse) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    return [{ runner, file: '', name: `no report of the runner (${error.message})`, status: 'failed' }];
  }
}

function namesOf(some) {
  const lines = some.map(({ project, file, name }) => `  ${project === undefined ? '' : `[${project}] `}${file}: ${name}`);
  const most = 60;
  return [...lines.slice(0, most), ...(lines.length > most ? [`  and ${lines.length - most} more`] : [])].join('\n');
}
