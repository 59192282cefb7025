/** Builds if a source is newer than the last build. */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binOf, ROOT, runNode } from './run.mjs';

const SOURCES = ['main', 'renderer', 'preload', 'resources', 'vite.config.ts', 'package.json', 'package-lock.json'];
const OUTPUTS = ['dist/main/desktop.js', 'dist/main/cli.js', 'dist/main/pty-host.js', 'dist/preload/index.cjs', 'dist/renderer/index.html'];
const STAMP = join(ROOT, 'dist', '.built');

/** Builds if needed. Resolves with false when the build failed; it has printed the reason. */
export async function ensureBuilt() {
  if (!isStale()) return true;
  console.log('Building Gantry ...');
  const startedAt = new Date();
  // Vitest, which builds before its tests, sets another one: the page would contain React's development build.
  const env = { NODE_ENV: 'production' };
  const { code, output } = await runNode([binOf('vite'), 'build', '--app', '--logLevel', 'warn'], { capture: true, env });
  if (code !== 0) {
    console.error(output.trimEnd());
    console.error('The build failed.');
    return false;
  }
  writeFileSync(STAMP, '');
  utimesSync(STAMP, startedAt, startedAt); // a file that was saved during the build is newer than the build
  return true;
}

function isStale() {
  if (!existsSync(STAMP) || OUTPUTS.some((file) => !existsSync(join(ROOT, file)))) return true;
  const builtAtMs = statSync(STAMP).mtimeMs;
  return SOURCES.some((source) => newestMs(join(ROOT, source)) > builtAtMs);
}

function newestMs(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  // The modification time of a folder shows that files were added or removed.
  const names = readdirSync(path).filter((name) => !/\.(test|fixture)\.tsx?$/.test(name));
  return Math.max(found.mtimeMs, ...names.map((name) => newestMs(join(path, name))));
}
