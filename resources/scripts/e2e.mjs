/**
 * `npm run e2e [-- <playwright arguments>]`: the specs against the built hosts: `gantry serve` with a Chromium, and Electron.
 * What is missing is fetched once (`npm run setup`); specs for what can't be fetched are skipped, and the reason is printed.
 */
import { join } from 'node:path';
import { findTestBrowser } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { canMakeDisplay, hasDisplay } from './lib/display.mjs';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';
import { findTestElectron, prepareDesktop } from './lib/test-electron.mjs';

assertNode();
const isComplete = findTestBrowser() !== undefined && findTestElectron() !== undefined && (hasDisplay() || canMakeDisplay());
if (!isComplete) await runNode([join(ROOT, 'resources/scripts/setup.mjs')]);
if (!(await ensureBuilt())) process.exit(1);

const browser = findTestBrowser();
if (browser === undefined) console.log('There is no browser: the specs that need one are skipped.');
const { env: desktop, reason, stop } = await prepareDesktop();
if (reason !== undefined) console.log(`The specs of the project \`desktop\` are skipped: ${reason}.`);
const config = ['--config', join(ROOT, 'e2e/playwright.config.ts')];
const env = { ...desktop, ...(browser === undefined ? { GANTRY_NO_BROWSER: '1' } : { GANTRY_BROWSER: browser }) };
const { code } = await runNode([binOf('@playwright/test', 'playwright'), 'test', ...config, ...process.argv.slice(2)], { env });
stop?.();
process.exit(code);
