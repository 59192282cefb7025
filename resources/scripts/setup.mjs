/**
 * `npm run setup`: installs a browser for the tests if none is found. Playwright's, else the system's package as root on
 * Debian.
 */
import { existsSync } from 'node:fs';
import { findBrowser } from './lib/browser.mjs';
import { assertNode, binOf, runCommand, runNode } from './lib/run.mjs';

const DOWNLOAD_LIMIT_MS = 240_000;
const APT_LIMIT_MS = 300_000;

assertNode();
process.exit((await setUpBrowser()) ? 0 : 1);

async function setUpBrowser() {
  if (usable('found')) return true;
  console.log("No Chromium, Chrome or Edge was found; fetching Playwright's Chromium ...");
  const withDeps = isRootOnDebian() ? ['--with-deps'] : [];
  await runNode([binOf('playwright'), 'install', ...withDeps, 'chromium'], { timeoutMs: DOWNLOAD_LIMIT_MS });
  if (usable('fetched')) return true;
  if (isRootOnDebian()) {
    console.log('That did not work; installing the system package ...');
    await runCommand('apt-get', ['update', '-qq'], { timeoutMs: APT_LIMIT_MS });
    await runCommand('apt-get', ['install', '-y', '-qq', 'chromium'], {
      timeoutMs: APT_LIMIT_MS,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (usable('installed')) return true;
  }
  console.error(
    'No browser for the tests could be set up. Install Chromium, Chrome or Edge (for example `sudo apt-get install chromium`), or run `npx playwright install chromium`.',
  );
  return false;
}

function usable(how) {
  const browser = findBrowser();
  if (browser !== undefined) console.log(`Browser ${how}: ${browser}`);
  return browser !== undefined;
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}
