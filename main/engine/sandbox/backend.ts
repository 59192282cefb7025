/**
 * Finds the program that can sandbox a command on this machine. It is tried with a command that does nothing: a program that is
 * installed may still be forbidden to create a sandbox.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import type { SandboxProblem } from '../../../preload/contract/index.ts';
import { relayExit, type RelayPrograms } from './exit-relay.ts';
import type { SandboxBackend } from './sandbox-plan.ts';

const BWRAP_PLACES = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'];
const SANDBOX_EXEC = '/usr/bin/sandbox-exec';
/** A trial that takes longer has failed. Unit: ms. */
const TRIAL_MS = 5000;
const TRIAL_ENVIRONMENT = { PATH: '/usr/bin:/bin' };

let found: Promise<SandboxBackend | SandboxProblem> | undefined;

/** The answer for this process; it is looked for once. */
export function findBackend(): Promise<SandboxBackend | SandboxProblem> {
  return (found ??= lookForBackend(process.platform));
}

async function lookForBackend(platform: NodeJS.Platform): Promise<SandboxBackend | SandboxProblem> {
  if (platform === 'darwin') {
    return (await isExecutable(SANDBOX_EXEC))
      ? { kind: 'sandbox-exec', path: SANDBOX_EXEC }
      : { code: 'not_installed', program: 'sandbox-exec' };
  }
  if (platform !== 'linux') return { code: 'unsupported_system' };
  const path = await firstExecutable(BWRAP_PLACES);
  if (path === undefined) return { code: 'not_installed', program: 'bubblewrap' };
  const message = await tryBubblewrap(path);
  if (message !== undefined) return { code: 'does_not_work', message };
  const relay = await findRelay(path);
  return relay === undefined ? { kind: 'bwrap', path } : { kind: 'bwrap', path, relay };
}

const TRIAL = [
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
  ...['--unshare-net', '--unshare-pid', '--unshare-ipc', '--die-with-parent'],
];

/** Returns the first line of its error; undefined: it works. */
function tryBubblewrap(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, [...TRIAL, '--', 'true'], { timeout: TRIAL_MS, env: TRIAL_ENVIRONMENT }, (error, _out, errors) => {
      resolve(error === null ? undefined : (errors.trim().split('\n')[0] ?? error.message).slice(0, 200));
    });
  });
}

/** Undefined: an old env, or another awk, cannot pass on how a command ends. bubblewrap's own report counts then. */
async function findRelay(path: string): Promise<RelayPrograms | undefined> {
  const [bash, env, awk] = await Promise.all(['bash', 'env', 'awk'].map((name) => firstExecutable([`/bin/${name}`, `/usr/bin/${name}`])));
  if (bash === undefined || env === undefined || awk === undefined) return undefined;
  const relay = { bash, env, awk };
  const { shell, args } = relayExit(relay, [path, ...TRIAL], { shell: bash, args: ['-c', 'kill -TERM $$'] });
  const signal = await new Promise((resolve) => {
    execFile(shell, [...args], { timeout: TRIAL_MS, killSignal: 'SIGKILL', env: TRIAL_ENVIRONMENT }, (error) => resolve(error?.signal));
  });
  return signal === 'SIGTERM' ? relay : undefined;
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  const answers = await Promise.all(paths.map(isExecutable));
  return paths.find((_, at) => answers[at] === true);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
