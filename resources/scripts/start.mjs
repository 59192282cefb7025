/**
 * `npm start [-- <folder>]`: the desktop app, built first if its sources have changed. If Electron's binary is not available,
 * the same app runs through `gantry serve` in a window of an installed browser; without a display its address is printed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser, sandboxArguments } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { hasDisplay } from './lib/display.mjs';
import { fetchElectron, findElectron } from './lib/electron.mjs';
import { assertNode, ROOT } from './lib/run.mjs';

/** A binary that cannot start (a library is missing) ends within this time. Unit: ms. */
const FAILED_START_MS = 5000;

assertNode();
const folders = process.argv.slice(2);
if (!(await ensureBuilt())) process.exit(1);

const reason = await whyNotElectron();
if (reason !== undefined) {
  console.log(`The desktop app cannot be opened here (${reason}); Gantry runs in a browser instead.`);
  process.exit(await runInBrowser());
}

/** Runs the desktop app until it ends, or reports why that is not possible. */
async function whyNotElectron() {
  if (!hasDisplay()) return 'there is no display';
  let binary = findElectron();
  if (binary === undefined) {
    console.log('Fetching Electron, once (20 s at most) ...');
    const fetched = await fetchElectron();
    if (fetched.path === undefined) return `Electron's binary could not be fetched: ${fetched.reason}`;
    binary = fetched.path;
  }
  const startedAtMs = Date.now();
  const child = spawn(binary, [...sandboxArguments(), ROOT, ...folders], { stdio: 'inherit' });
  passSignals(child);
  const code = await ended(child);
  if (code !== 0 && Date.now() - startedAtMs < FAILED_START_MS) return `Electron ended at once with code ${code}`;
  process.exit(code);
}

async function runInBrowser() {
  const browser = hasDisplay() ? findBrowser() : undefined;
  const server = spawn(process.execPath, [join(ROOT, 'dist/main/cli.js'), 'serve', '--port', '0', ...folders.slice(0, 1)], {
    stdio: ['inherit', 'pipe', 'inherit'], // it asks in the terminal
    env: { ...process.env, ...(browser === undefined ? {} : { GANTRY_ENDS_WITH_WINDOW: '1' }) },
  });
  passSignals(server);
  const serverEnd = ended(server);
  const address = await Promise.race([addressFrom(server.stdout), serverEnd.then(() => undefined)]);
  if (address === undefined) return (await serverEnd) || 1;

  if (browser === undefined) {
    console.log(`Open this address in a browser on this machine (Ctrl+C ends Gantry): ${address}`);
    return serverEnd;
  }
  const profile = join(process.env.GANTRY_HOME || join(homedir(), '.gantry'), 'browser');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  const door = join(profile, 'open.html');
  writeFileSync(door, doorTo(address), { mode: 0o600 });
  const window = spawn(
    browser,
    [
      `--app=${pathToFileURL(door)}`,
      `--user-data-dir=${profile}`,
      '--window-size=1280,800',
      '--no-first-run',
      '--no-default-browser-check',
      ...sandboxArguments(),
    ],
    { stdio: 'ignore' },
  );
  passSignals(window);
  const closed = await Promise.race([ended(window).then(() => true), serverEnd.then(() => false)]);
  if (closed) console.log('The window was closed; Gantry ends.');
  window.kill();
  rmSync(door, { force: true });
  server.kill('SIGTERM'); // it stops what runs, prints what it stopped, and ends
  return serverEnd;
}

/** A file that only its owner can read contains the address, because other users of this machine can see every command line. */
function doorTo(address) {
  return `<!doctype html><meta charset="utf-8"><title>Gantry</title><meta http-equiv="refresh" content="0;url=${address}">`;
}

/** The address with its token, as `gantry serve` prints it; other output is passed on. */
function addressFrom(stream) {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const found = /https?:\/\/\S+#token=\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
}

function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Ctrl+C reaches the whole group by itself; a signal to this process alone must be passed on to its children. */
function passSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}
