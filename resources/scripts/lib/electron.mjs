/** Electron's binary: since version 42 the package does not install it but downloads it on first use. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode } from './run.mjs';

const PACKAGE = join(ROOT, 'node_modules/electron');
const EXECUTABLE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
/** A start must not wait longer for a download that may never finish. Unit: ms. */
const DOWNLOAD_LIMIT_MS = 20_000;

/**
 * The path of the executable; undefined if it is missing. `ELECTRON_OVERRIDE_DIST_PATH` names another folder, as for Electron
 * itself.
 */
export function findElectron() {
  const chosen = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const fetched = join(PACKAGE, 'path.txt'); // it names the executable of this system
  if (chosen === undefined && !existsSync(fetched)) return undefined;
  const name = existsSync(fetched) ? readFileSync(fetched, 'utf8') : (EXECUTABLE[process.platform] ?? 'electron');
  const path = join(chosen ?? join(PACKAGE, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

/** One attempt to download it, for at most 20 s. Resolves with the path, or with the reason for the failure. */
export async function fetchElectron() {
  const { code, output, timedOut } = await runNode([join(PACKAGE, 'install.js')], { capture: true, timeoutMs: DOWNLOAD_LIMIT_MS });
  const path = code === 0 ? findElectron() : undefined;
  if (path !== undefined) return { path };
  const firstLine = output.split('\n').find((line) => line.trim() !== '');
  return {
    reason: timedOut
      ? `not there after ${DOWNLOAD_LIMIT_MS / 1000} s`
      : (firstLine ?? `the download ended with code ${code}`).trim().slice(0, 160),
  };
}
