/**
 * `npm run setup`: fetches what the end-to-end tests need and do not find: a browser (Playwright's, else the system's package as
 * root on Debian), an Electron (its own download, else the build for tests of npm's registry), and, on Linux without a display, a
 * virtual one. Tests for what is still missing are skipped.
 */
import { existsSync } from 'node:fs';
import { findTestBrowser } from './lib/browser.mjs';
import { canMakeDisplay, hasDisplay } from './lib/display.mjs';
import { fetchElectron } from './lib/electron.mjs';
import { assertNode, binOf, runCommand, runNode } from './lib/run.mjs';
import { fetchTestElectron, findTestElectron, whyElectronFails } from './lib/test-electron.mjs';

const DOWNLOAD_LIMIT_MS = 240_000;
const APT_LIMIT_MS = 300_000;
/** What Electron's binary is linked with; Debian's package names. */
const ELECTRON_LIBRARIES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];

assertNode();
const hasBrowser = await setUpBrowser();
await setUpElectron();
await setUpDisplay();
process.exit(hasBrowser ? 0 : 1);

async function setUpBrowser() {
  if (usable('found')) return true;
  console.log("No Chromium, Chrome or Edge was found; fetching Playwright's Chromium ...");
  const withDeps = isRootOnDebian() ? ['--with-deps'] : [];
  await runNode([binOf('playwright'), 'install', ...withDeps, 'chromium'], { timeoutMs: DOWNLOAD_LIMIT_MS });
  if (usable('fetched')) return true;
  if (isRootOnDebian()) {
    console.log('That did not work; installing the system package ...');
    for (const name of ['chromium-headless-shell', 'chromium']) {
      await installPackages([name]);
      if (usable('installed')) return true;
    }
  }
  console.error(
    'No browser for the tests could be set up. Install Chromium, Chrome or Edge (for example `sudo apt-get install chromium`), or run `npx playwright install chromium`.',
  );
  return false;
}

function usable(how) {
  const browser = findTestBrowser();
  if (browser !== undefined) console.log(`Browser ${how}: ${browser}`);
  return browser !== undefined;
}

async function setUpElectron() {
  if (findTestElectron() === undefined) {
    console.log('Fetching Electron ...');
    if ((await fetchElectron()).path === undefined) {
      const reason = await fetchTestElectron();
      if (reason !== undefined) return console.error(`No Electron for the tests could be fetched: ${reason}`);
    }
  }
  const electron = findTestElectron();
  if ((await whyElectronFails(electron)) !== undefined && isRootOnDebian()) await installPackages(ELECTRON_LIBRARIES);
  const reason = await whyElectronFails(electron);
  console.log(reason === undefined ? `Electron: ${electron}` : `Electron does not start: ${reason}`);
}

async function setUpDisplay() {
  if (hasDisplay()) return;
  if (!canMakeDisplay() && isRootOnDebian()) await installPackages(['xvfb']);
  console.log(canMakeDisplay() ? 'Display: Xvfb' : 'There is no display, and no Xvfb to make one (Debian: `apt-get install xvfb`).');
}

async function installPackages(names) {
  await runCommand('apt-get', ['update', '-qq'], { timeoutMs: APT_LIMIT_MS });
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { timeoutMs: APT_LIMIT_MS, env });
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}
