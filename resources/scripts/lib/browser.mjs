/** Finds a browser of the Chromium family: Playwright's, or an installed Chromium, Chrome or Edge. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'];

const FIXED_PLACES = {
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((root) => [join(root, 'Google/Chrome/Application/chrome.exe'), join(root, 'Microsoft/Edge/Application/msedge.exe')]),
};

/** The path of the executable, or undefined. GANTRY_BROWSER overrides it. */
export function findBrowser() {
  return [process.env.GANTRY_BROWSER, playwrights(), ...onPath(COMMANDS), ...(FIXED_PLACES[process.platform] ?? [])].find(isExecutable);
}

/** For tests without a window. Chromium without its own user interface takes two thirds of the processor time. GANTRY_BROWSER overrides it. */
export function findTestBrowser() {
  const shells = onPath(['chromium-headless-shell']);
  return [process.env.GANTRY_BROWSER, ...shells].find(isExecutable) ?? findBrowser();
}

/** Chromium has no sandbox for root on Linux. */
export function sandboxArguments() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function onPath(commands) {
  return (process.env.PATH ?? '').split(delimiter).flatMap((folder) => commands.map((name) => join(folder, name)));
}

function playwrights() {
  try {
    return chromium.executablePath();
  } catch {
    return undefined; // this platform has none
  }
}

function isExecutable(path) {
  if (!path || !existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
