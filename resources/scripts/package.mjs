/**
 * `npm run package [-- <electron-builder arguments>]`: installers for this system; with `--dir` only the unpacked app. If
 * Electron's binary is not available, `--dir` still shows the content of the package: a stand-in replaces the binary, and the
 * fuses, which are bits in the real one, are omitted.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { fetchElectron, findElectron } from './lib/electron.mjs';
import { assertNode, binOf, ROOT, runNode } from './lib/run.mjs';

assertNode();
if (!(await ensureBuilt())) process.exit(1);

const args = process.argv.slice(2);
const standIn = findElectron() === undefined && (await fetchElectron()).path === undefined ? makeStandIn() : undefined;
if (standIn !== undefined && !args.includes('--dir')) {
  console.error(
    "Electron's binary is not here and could not be fetched, so no installer can be made. `npm run package -- --dir` shows what it would contain.",
  );
  process.exit(1);
}
if (standIn === undefined) {
  const { code } = await runNode([binOf('electron-builder'), '--publish', 'never', ...args]);
  process.exit(code);
}
console.log(
  "Electron's binary is missing: a stand-in takes its place, without fuses. The result shows the contents and cannot be started.",
);
try {
  const { build } = await import('electron-builder');
  await build({ projectDir: ROOT, dir: true, publish: 'never', config: { electronDist: standIn, electronFuses: null } });
} finally {
  rmSync(standIn, { recursive: true, force: true });
}

function makeStandIn() {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-electron-'));
  mkdirSync(join(folder, 'resources'));
  mkdirSync(join(folder, 'locales'));
  writeFileSync(join(folder, 'electron'), '#!/bin/sh\necho "This is a stand-in for Electron." >&2\nexit 1\n');
  chmodSync(join(folder, 'electron'), 0o755);
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'version']) writeFileSync(join(folder, file), '');
  return folder;
}
