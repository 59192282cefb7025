/** Reads the JSON reports of the two test runners into one shape: `{ runner, project, file, name, status }`. */
import { relative } from 'node:path';

/** Vitest. A file that could not be loaded counts as one failed test. */
export function readVitest(report, root) {
  return report.testResults.flatMap(({ name: path, status, assertionResults }) => {
    const file = relative(root, path);
    if (status === 'failed' && assertionResults.length === 0) return [{ runner: 'vitest', file, name: 'the file loads', status: 'failed' }];
    return assertionResults.map((test) => ({
      runner: 'vitest',
      file,
      name: withoutReason(test.fullName),
      status: statusOfVitest(test.status),
    }));
  });
}

/** A skipped test may have its reason at the end of its name, which is absent on a machine where it runs. */
function withoutReason(name) {
  return name.replace(/\s*(?:skipped: .*)?$/, '');
}

function statusOfVitest(status) {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}

/** Playwright. An error outside any test, such as a spec that does not load, counts as one failed test. */
export function readPlaywright(report) {
  const found = report.errors.map(({ message }) => ({ runner: 'playwright', file: '', name: message ?? 'error', status: 'failed' }));
  const visit = (suite, titles) => {
    for (const inner of suite.suites ?? []) visit(inner, [...titles, inner.title]);
    for (const spec of suite.specs ?? []) {
      for (const { projectName, status } of spec.tests) {
        const name = [...titles, spec.title].join(' › ');
        found.push({ runner: 'playwright', project: projectName, file: spec.file, name, status: STATUS_OF_PLAYWRIGHT[status] });
      }
    }
  };
  for (const suite of report.suites) visit(suite, []);
  return found;
}

const STATUS_OF_PLAYWRIGHT = { expected: 'passed', flaky: 'failed', unexpected: 'failed', skipped: 'skipped' };

export function countByStatus(tests) {
  const count = (status) => tests.filter((test) => test.status === status).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** How many specs ran on which host, as one line; undefined if none ran. */
export function describeHosts(tests) {
  const ran = tests.filter(({ project, status }) => project !== undefined && status !== 'skipped');
  const projects = [...new Set(ran.map(({ project }) => project))];
  const parts = projects.map((project) => `${ran.filter((test) => test.project === project).length} ${HOSTS[project] ?? project}`);
  return parts.length === 0 ? undefined : `Specs that ran: ${parts.join(', ')}.`;
}

const HOSTS = { server: 'with the server or the command line', desktop: 'in Electron', 'desktop-stand-in': 'in the stand-in for Electron' };

/** Arguments for Vitest that run these tests, and others with the same name in the same files. */
export function vitestArguments(tests) {
  const escaped = [...new Set(tests.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))];
  return [...new Set(tests.map(({ file }) => file)), '-t', `^(?:${escaped.join('|')})\\s*$`];
}

/** Lines for Playwright's `--test-list`. */
export function playwrightList(tests) {
  return tests.map(({ project, file, name }) => `[${project}] › ${file} › ${name}`).join('\n');
}

/** Whether two entries are the same test. */
export function isSameTest(one, other) {
  return one.runner === other.runner && one.project === other.project && one.file === other.file && one.name === other.name;
}
