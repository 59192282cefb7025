/**
 * Builds the command line that runs a shell inside bubblewrap or sandbox-exec. Pure.
 * - The write sandbox, which the settings ask for: reading is not restricted. Writing works in the folders named and in a fresh
 *   /tmp (bubblewrap) or the system's temporary folders (sandbox-exec). A closed network means no network at all.
 * - The wall, for commands that run without a question: nothing can be written, there is no network, and protected files are hidden.
 * Source: bwrap(1); sandbox-exec(1) and the profile language as Apple's own profiles show it. Format of the setting:
 * docs/formats.md 6.
 */
import { isWithin } from '../lib/within.ts';
import { relayExit, type RelayPrograms, type WrappedShell } from './exit-relay.ts';

/** `filesystem` `read-only`: only temporary files can be written. */
export interface SandboxLimits {
  readonly filesystem: 'read-only' | 'workspace-write';
  readonly network: 'open' | 'closed';
}

export interface SandboxFolders {
  readonly cwd: string;
  /** Absolute, links resolved; they exist. */
  readonly writable: readonly string[];
  /** Below the writable folders, and can be written, but not renamed, removed or replaced: what is guarded below them stays there. */
  readonly pinned: readonly string[];
  /** Below the writable folders, but never writable: files that decide what runs later. With bubblewrap they exist. */
  readonly guarded: readonly string[];
  /** What a command without approval must not read: keys. */
  readonly hidden: readonly string[];
  readonly temporary: string;
}

export interface HiddenPath {
  readonly path: string;
  readonly isFolder: boolean;
}

export interface WallFolders {
  readonly cwd: string;
  readonly roots: readonly string[];
  /** Absolute, links resolved; they exist. */
  readonly hidden: readonly HiddenPath[];
  /** An empty file that cannot be read: what bubblewrap shows in the place of a hidden file. */
  readonly emptyFile: string;
}

/** `relay`: how the end of a command comes out of bubblewrap unchanged. */
export interface SandboxBackend {
  readonly kind: 'bwrap' | 'sandbox-exec';
  readonly path: string;
  readonly relay?: RelayPrograms;
}

export function wrapShell(backend: SandboxBackend, limits: SandboxLimits, folders: SandboxFolders, command: WrappedShell): WrappedShell {
  return backend.kind === 'sandbox-exec'
    ? profiled(backend, seatbeltProfile(limits, folders), command)
    : bubblewrapped(backend, bubblewrapArguments(limits, folders), command);
}

export function wallShell(backend: SandboxBackend, folders: WallFolders, command: WrappedShell): WrappedShell {
  return backend.kind === 'sandbox-exec'
    ? profiled(backend, seatbeltWall(folders), command)
    : bubblewrapped(backend, wallArguments(folders), command);
}

function profiled({ path }: SandboxBackend, profile: string, { shell, args }: WrappedShell): WrappedShell {
  return { shell: path, args: ['-p', profile, '--', shell, ...args] };
}

function bubblewrapped({ path, relay }: SandboxBackend, args: readonly string[], command: WrappedShell): WrappedShell {
  if (relay !== undefined) return relayExit(relay, [path, ...args], command);
  return { shell: path, args: [...args, '--', command.shell, ...command.args] };
}

const OWN_PROCESSES = ['--unshare-pid', '--unshare-ipc', '--die-with-parent'];

/** Later binds cover earlier ones. The terminal creates the new session: `--new-session` would remove its job control. */
export function bubblewrapArguments({ filesystem, network }: SandboxLimits, folders: SandboxFolders): readonly string[] {
  const { cwd, writable, pinned, guarded, hidden } = folders;
  const isWriting = filesystem === 'workspace-write';
  return [
    ...['--ro-bind', '/', '/'],
    ...['--dev', '/dev'],
    ...['--proc', '/proc'],
    ...['--tmpfs', '/tmp'],
    ...['--tmpfs', '/var/tmp'],
    // Sockets of services that would do for the command what it must not do itself (Docker's, the user's bus).
    ...['--tmpfs', '/run'],
    ...(network === 'open' ? ['--ro-bind-try', '/run/systemd/resolve', '/run/systemd/resolve'] : []),
    ...(isWriting ? writable.flatMap((folder) => ['--bind', folder, folder]) : writable.flatMap((folder) => ['--ro-bind', folder, folder])),
    // A mount point can be neither renamed nor removed.
    ...(isWriting ? pinned.flatMap((path) => ['--bind-try', path, path]) : []),
    ...(isWriting ? guarded.flatMap((path) => ['--ro-bind-try', path, path]) : []),
    ...hidden.flatMap((folder) => ['--tmpfs', folder]),
    ...(network === 'closed' ? ['--unshare-net'] : []),
    ...OWN_PROCESSES,
    ...['--setenv', 'GANTRY_SANDBOX', `bwrap:${filesystem}:${network}`],
    ...['--chdir', cwd],
  ];
}

/** /tmp stays that of the machine, to be read. What shells and `sort` need for themselves goes to /run, which vanishes with the command. */
export function wallArguments({ cwd, roots, hidden, emptyFile }: WallFolders): readonly string[] {
  const covered = roots.filter((root) => isWithin(root, '/run') || isWithin(root, '/dev'));
  return [
    ...['--ro-bind', '/', '/'],
    ...['--dev', '/dev'],
    ...['--proc', '/proc'],
    ...['--tmpfs', '/run'],
    ...covered.flatMap((root) => ['--ro-bind', root, root]),
    ...hidden.flatMap(({ path, isFolder }) => (isFolder ? ['--perms', '0000', '--tmpfs', path] : ['--ro-bind', emptyFile, path])),
    ...['--unshare-net', ...OWN_PROCESSES],
    ...['--setenv', 'TMPDIR', '/run'],
    ...['--chdir', cwd],
  ];
}

const ANY_TERMINAL = '(literal "/dev/null") (literal "/dev/tty") (regex #"^/dev/ttys[0-9]+$")';
const NO_NETWORK = ['(deny network*)', '(allow network* (local unix-socket))'];
const subpath = (path: string) => `(subpath ${JSON.stringify(path)})`;
const literal = (path: string) => `(literal ${JSON.stringify(path)})`;

export function seatbeltProfile({ filesystem, network }: SandboxLimits, folders: SandboxFolders): string {
  const { writable, pinned, guarded, hidden, temporary } = folders;
  const open = [temporary, '/private/tmp', '/private/var/tmp', ...(filesystem === 'workspace-write' ? writable : [])];
  return [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    `(allow file-write* ${open.map(subpath).join(' ')} ${ANY_TERMINAL})`,
    ...(pinned.length === 0 ? [] : [`(deny file-write-unlink ${pinned.map(literal).join(' ')})`]),
    ...(guarded.length === 0 ? [] : [`(deny file-write* ${guarded.map(subpath).join(' ')})`]),
    ...(hidden.length === 0 ? [] : [`(deny file-read* ${hidden.map(subpath).join(' ')})`]),
    ...(network === 'closed' ? NO_NETWORK : []),
  ].join('\n');
}

export function seatbeltWall({ hidden }: Pick<WallFolders, 'hidden'>): string {
  return [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    `(allow file-write* ${ANY_TERMINAL})`,
    ...(hidden.length === 0 ? [] : [`(deny file-read-data ${hidden.map(({ path }) => subpath(path)).join(' ')})`]),
    ...NO_NETWORK,
  ].join('\n');
}
