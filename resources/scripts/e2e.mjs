/**
 * `npm run e2e [-- <playwright arguments>]`: the specs against the built hosts, in a Chromium that is found or installed.
 * Without one, specs that need a browser are skipped.
 */
import { join } from 'node:path';
import { findBrowser, hasDisplay } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { findElectron } from './lib/electron.mjs';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';

assertNode();
if (findBrowser() === undefined) await runNode([join(ROOT, 'resources/scripts/setup.mjs')]);
const browser = findBrowser();
if (browser === undefined) console.log('There is no browser: the specs that need one are skipped.');
if (!(await ensureBuilt())) process.exit(1);
if (findElectron() === undefined)
  console.log("Electron's binary is not here (`npm start` fetches it): the specs of the project `desktop` are skipped.");
else if (!hasDisplay()) console.log('There is no display: the specs of the project `desktop`, for Electron itself, are skipped.');
const args = [
  binOf('@playwright/test', 'playwright'),
  'test',
  '--config',
  join(ROOT, 'e2e/playwright.config.ts'),
  ...process.argv.slice(2),
];
const { code } = await runNode(args, { env: browser === undefined ? { GANTRY_NO_BROWSER: '1' } : { GANTRY_BROWSER: browser } });
process.exit(code);
