/** `npm run e2e [-- <playwright arguments>]`: the specs against the built hosts, in a Chromium that is found or set up. */
import { join } from 'node:path';
import { findBrowser } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';

assertNode();
if (findBrowser() === undefined) {
  const { code } = await runNode([join(ROOT, 'resources/scripts/setup.mjs')]);
  if (code !== 0) process.exit(code);
}
if (!(await ensureBuilt())) process.exit(1);
const args = [
  binOf('@playwright/test', 'playwright'),
  'test',
  '--config',
  join(ROOT, 'e2e/playwright.config.ts'),
  ...process.argv.slice(2),
];
const { code } = await runNode(args, { env: { GANTRY_BROWSER: findBrowser() } });
process.exit(code);
