#!/usr/bin/env node
/**
 * The `gantry` command. Plain JavaScript, because it must also start under a Node that is too old for Gantry: then it runs
 * itself again with the Node that `npm install` has installed, or says what is needed.
 */
import { existsSync, statSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 22;
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..', '..');

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) await start();
else await runWithInstalledNode();

async function start() {
  const folder = join(root, 'dist', 'main');
  const entry = join(folder, 'cli.js');
  if (!existsSync(entry)) return fail(`Gantry has not been built yet. Run \`npm run build\` in ${root} first.`);
  if (isOwn(folder)) module.enableCompileCache?.(join(folder, '.cache'));
  await import(pathToFileURL(entry).href);
}

/**
 * The compile cache is beside the built files: a user who can write the one can write the other, and a build clears both. It is
 * not written in another user's folder, because that user could not remove it; where it cannot be written there is none.
 */
function isOwn(folder) {
  return process.getuid === undefined || statSync(folder).uid === process.getuid();
}

async function runWithInstalledNode() {
  const node = findInstalledNode();
  if (node === undefined) return failForVersion();
  process.title = 'gantry'; // in place of the command line, which other users can read and which may hold a key
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', failForVersion);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal); // the parent process sees the signal that ended the run
  });
}

/** The binary of the package `node`, wherever the package manager has installed it. */
function findInstalledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined; // the package is not installed
  }
}

function failForVersion() {
  fail(
    `Gantry needs Node ${NEEDED_MAJOR} or later; this is ${process.versions.node}. Install a newer one, or run \`npm install\` in ${root}, which brings one.`,
  );
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
