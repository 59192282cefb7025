/**
 * Runs commands on terminals: on Linux and macOS through node-pty's native module, on Windows through node-pty itself.
 *
 * node-pty's own Unix terminal is not used. When the last process closes its side of the terminal, node-pty closes the other
 * side, and the kernel hangs up a command that still works without output or is about to exit. 200 ms after the exit it
 * drops unread output. unix-terminal.ts does neither.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SpawnRequest } from '../protocol.ts';
import type { Spawner } from './child-process.ts';
import { withoutGaps } from './descriptors.ts';
import { loadConptySpawner } from './spawn-conpty.ts';
import { createUnixTerminal } from './unix-terminal.ts';

/** The native module has no documented interface: the declarations below were read from this version. */
const NODE_PTY_VERSION = '1.2.0-beta.15';

interface NativePty {
  fork(...options: ForkOptions): { readonly fd: number; readonly pid: number; readonly pty: string };
  resize(fd: number, cols: number, rows: number, widthPixels: number, heightPixels: number): void;
}

type ForkOptions = [
  file: string,
  args: readonly string[],
  env: readonly string[],
  cwd: string,
  cols: number,
  rows: number,
  uid: number,
  gid: number,
  isUtf8: boolean,
  helperPath: string,
  /** Called with the result of `waitpid`. One of the two is 0. */
  onExit: (exitCode: number, signal: number) => void,
];

const OWN_ID = -1;

/** Errors: rejects with the loader's error when there is no binary for this machine or node-pty has another version. */
export async function loadPtySpawner(): Promise<Spawner> {
  if (process.platform === 'win32') return loadConptySpawner();
  const { native, helperPath } = loadNativePty();
  return (request, events) => {
    const { shell, args, cwd, cols, rows } = request;
    let onExit: ForkOptions[10] = () => undefined;
    const { fd, pid, pty } = withoutGaps(() =>
      native.fork(shell, args, environment(request), cwd, cols, rows, OWN_ID, OWN_ID, false, helperPath, (exitCode, signal) =>
        onExit(exitCode, signal),
      ),
    );
    const resize = (width: number, height: number) => native.resize(fd, width, height, 0, 0);
    const terminal = createUnixTerminal({ fd, pid, path: pty, resize }, events);
    onExit = terminal.onExit;
    return terminal.child;
  };
}

function environment({ env, cwd }: SpawnRequest): string[] {
  return Object.entries({ TERM: 'xterm-256color', ...env, PWD: cwd }).map(([name, value]) => `${name}=${value}`);
}

/** `helperPath` is the program that starts commands on macOS. It must lie outside an Electron archive. */
function loadNativePty(): { native: NativePty; helperPath: string } {
  const require = createRequire(import.meta.url);
  const utilsPath = require.resolve('node-pty/lib/utils.js');
  const { version }: { version?: unknown } = require('node-pty/package.json');
  const loaded: unknown = require(utilsPath).loadNativeModule('pty');
  if (version !== NODE_PTY_VERSION || !isLoadedPty(loaded)) {
    throw new Error(`node-pty ${NODE_PTY_VERSION} was expected, but ${String(version)} was found; run npm ci`);
  }
  const helperPath = join(dirname(utilsPath), loaded.dir, 'spawn-helper');
  return { native: loaded.module, helperPath: helperPath.replace(/\bapp\.asar(?!\.unpacked)/, 'app.asar.unpacked') };
}

function isLoadedPty(loaded: unknown): loaded is { dir: string; module: NativePty } {
  if (!(loaded instanceof Object && 'dir' in loaded && 'module' in loaded && loaded.module instanceof Object)) return false;
  return ['fork', 'resize'].every((name) => typeof Reflect.get(Object(loaded.module), name) === 'function');
}
