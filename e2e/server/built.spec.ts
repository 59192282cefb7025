import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../support/fixtures.ts';

/** Properties of the build output. */
const DIST = join(import.meta.dirname, '..', '..', 'dist');
/** Source: docs/testing.md, "Budgets". Unit: bytes. */
const FIRST_LOAD_BYTES = 600 * 1000;

test('the preload is one small file that requires only Electron', async () => {
  const source = await readFile(join(DIST, 'preload/index.cjs'), 'utf8');
  expect(source.length).toBeLessThan(2000);
  expect([...source.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
});

test('the command line starts where Electron cannot be resolved', async () => {
  const noElectron = `data:text/javascript,${encodeURIComponent(
    "import { registerHooks } from 'node:module'; registerHooks({ resolve(specifier, context, next) { if (/^electron(-|$)/.test(specifier)) throw new Error('no ' + specifier); return next(specifier, context); } });",
  )}`;
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', noElectron, join(DIST, 'main/cli.js'), ...args], { timeout: 20_000 });
  const { version } = JSON.parse(await readFile(join(DIST, '../package.json'), 'utf8')) as { version: string };
  expect((await run('--version')).stdout.trim()).toBe(version);
  expect((await run('doctor')).stdout).toContain('Node');
});

test('the first load stays within its script budget', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('heading', { name: /Welcome/ })).toBeVisible();
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((entry): entry is PerformanceResourceTiming => entry instanceof PerformanceResourceTiming && /\.js($|\?)/.test(entry.name))
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
  );
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
});
