/**
 * `npm test`: check, unit and integration tests, build, e2e; everything is run even when something before it failed.
 * The last line is the sum over both runners: `N passed, N failed, N skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';

assertNode();
const reports = mkdtempSync(join(tmpdir(), 'gantry-test-'));
const unitReport = join(reports, 'unit.json');
const e2eReport = join(reports, 'e2e.json');

const script = (name) => join(ROOT, 'resources/scripts', name);
const failedSteps = [];
await step('check', [script('check.mjs')]);
await step('unit', [binOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`]);
await step('e2e', [script('e2e.mjs'), '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport });

const unit = read(unitReport, (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests + report.numTodoTests,
}));
const e2e = read(e2eReport, ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected, skipped: stats.skipped }));
rmSync(reports, { recursive: true, force: true });

const sum = (key) => unit[key] + e2e[key];
if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exit(failedSteps.length === 0 && sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);

async function step(name, args, env) {
  console.log(`\n== ${name}`);
  const { code } = await runNode(args, { env });
  if (code !== 0) failedSteps.push(name);
}

/** A runner that died before it could report counts as one failure. */
function read(file, count) {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
