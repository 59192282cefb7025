import { expect, test } from 'vitest';
import { countByStatus, describeHosts, isSameTest, playwrightList, readPlaywright, readVitest, vitestArguments } from './test-report.mjs';

const VITEST = {
  testResults: [
    {
      name: '/repo/main/a.test.ts',
      status: 'failed',
      assertionResults: [
        { fullName: 'adds (1 + 1)', status: 'passed' },
        { fullName: 'divides', status: 'failed' },
        { fullName: 'uses vim skipped: this machine has no vim', status: 'pending' },
        { fullName: 'later', status: 'todo' },
      ],
    },
    { name: '/repo/main/broken.test.ts', status: 'failed', assertionResults: [] },
  ],
};

const PLAYWRIGHT = {
  errors: [{ message: 'cannot load b.spec.ts' }],
  suites: [
    {
      title: 'a.spec.ts',
      file: 'a.spec.ts',
      specs: [
        { title: 'opens', file: 'a.spec.ts', tests: [{ projectName: 'server', status: 'expected' }] },
        { title: 'retried', file: 'a.spec.ts', tests: [{ projectName: 'server', status: 'flaky' }] },
      ],
      suites: [
        {
          title: 'inner',
          specs: [
            {
              title: 'closes',
              file: 'a.spec.ts',
              tests: [
                { projectName: 'server', status: 'skipped' },
                { projectName: 'desktop', status: 'unexpected' },
              ],
            },
          ],
        },
      ],
    },
  ],
};

test('vitest: a file that does not load is a failed test, a test that did not run is skipped', () => {
  expect(countByStatus(readVitest(VITEST, '/repo'))).toEqual({ passed: 1, failed: 2, skipped: 2 });
});

test('playwright: an error outside a test and a test that passed only on retry are failed tests', () => {
  expect(countByStatus(readPlaywright(PLAYWRIGHT))).toEqual({ passed: 1, failed: 3, skipped: 1 });
});

test('skipped tests can be run again by file and exact name', () => {
  const tests = readVitest(VITEST, '/repo').filter(({ name }) => name === 'adds (1 + 1)');
  expect(vitestArguments(tests)).toEqual(['main/a.test.ts', '-t', '^(?:adds \\(1 \\+ 1\\))\\s*$']);
  const specs = readPlaywright(PLAYWRIGHT).filter(({ status }) => status === 'skipped');
  expect(playwrightList(specs)).toBe('[server] › a.spec.ts › inner › closes');
});

test('a test that was skipped because a program is missing is the same test once the program is there', () => {
  const [skipped] = readVitest(VITEST, '/repo').filter(({ status }) => status === 'skipped');
  expect(skipped).toEqual({ runner: 'vitest', file: 'main/a.test.ts', name: 'uses vim', status: 'skipped' });
  expect(new RegExp(vitestArguments([skipped])[2]).test('uses vim ')).toBe(true);
});

test('a spec on another host is another test', () => {
  const [skipped, unexpected] = readPlaywright(PLAYWRIGHT).filter(({ name }) => name === 'inner › closes');
  expect(isSameTest(skipped, { ...skipped, status: 'passed' })).toBe(true);
  expect(isSameTest(skipped, unexpected)).toBe(false);
});

test('one line says how many specs ran on which host', () => {
  const spec = { runner: 'playwright', file: 'a.spec.ts', name: 'opens', status: 'passed' };
  const tests = [
    { ...spec, project: 'server' },
    { ...spec, project: 'desktop' },
    { ...spec, project: 'desktop', status: 'failed' },
    { ...spec, project: 'desktop-stand-in', status: 'skipped' },
    { runner: 'vitest', file: 'a.test.ts', name: 'adds', status: 'passed' },
  ];
  expect(describeHosts(tests)).toBe('Specs that ran: 1 with the server or the command line, 2 in Electron.');
  expect(describeHosts([])).toBeUndefined();
});
