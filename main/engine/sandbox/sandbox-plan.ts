/**
 * How a command is kept in: the command line that puts a shell into bubblewrap or sandbox-exec. Pure.
 * What it promises: reading stays as it is, writing works in the folders named and in a fresh /tmp (bubblewrap) or the
 * system's temporary folders (sandbox-exec), and with a closed network there is none at all.
 * Source: bwrap(1); sandbox-exec(1) and the profile language as Apple's own profiles show it. Format of the setting: docs/formats.md 6.
 */

/** `filesystem` `read-only`: nothing can be written but temporary files. */
export interface SandboxWish {
  readonly filesystem: 'read-only' | 'workspace-write';
  readonly network: 'open' | 'closed';
}

export interface SandboxFolders {
  readonly cwd: string;
  /** Absolute, links resolved; they exist. */
  readonly writable: readonly string[];
  /** Below them, and never to be written: what decides what runs later. */
  readonly guarded: readonly string[];
  /** What must not be read by a command that nobody looked at: keys. */
  readonly hidden: readonly string[];
  readonly temporary: string;
}

export type SandboxBackend = { readonly kind: 'bwrap' | 'sandbox-exec'; readonly path: string };

export interface WrappedShell {
  readonly shell: string;
  readonly args: readonly string[];
}

export function wrapShell(backend: SandboxBackend, wish: SandboxWish, folders: SandboxFolders, command: WrappedShell): WrappedShell {
  const inner = [command.shell, ...command.args];
  if (backend.kind === 'sandbox-exec') return { shell: backend.path, args: ['-p', seatbeltProfile(wish, folders), '--', ...inner] };
  return { shell: backend.path, args: [...bubblewrapArguments(wish, folders), '--', ...inner] };
}

/** Later binds lie over earlier ones. The new session is the terminal's own: `--new-session` would take its job control away. */
export function bubblewrapArguments({ filesystem, network }: SandboxWish, folders: SandboxFolders): readonly string[] {
  const { cwd, writable, guarded, hidden } = folders;
  const isWriting = filesystem === 'workspace-write';
  return [
    ...['--ro-bind', '/', '/'],
    ...['--dev-bind', '/dev', '/dev'],
    ...['--proc', '/proc'],
    ...['--tmpfs', '/tmp'],
    ...['--tmpfs', '/var/tmp'],
    // Sockets of services that would do for the command what it may not do itself (Docker's, the user's bus).
    ...['--tmpfs', '/run'],
    ...(network === 'open' ? ['--ro-bind-try', '/run/systemd/resolve', '/run/systemd/resolve'] : []),
    ...(isWriting ? writable.flatMap((folder) => ['--bind', folder, folder]) : writable.flatMap((folder) => ['--ro-bind', folder, folder])),
    ...(isWriting ? guarded.flatMap((path) => ['--ro-bind-try', path, path]) : []),
    ...hidden.flatMap((folder) => ['--tmpfs', folder]),
    ...(network === 'closed' ? ['--unshare-net'] : []),
    ...['--unshare-pid', '--unshare-ipc', '--die-with-parent'],
    ...['--setenv', 'GANTRY_SANDBOX', `bwrap:${filesystem}:${network}`],
    ...['--chdir', cwd],
  ];
}

export function seatbeltProfile({ filesystem, network }: SandboxWish, { writable, guarded, hidden, temporary }: SandboxFolders): string {
  const subpath = (path: string) => `(subpath ${JSON.stringify(path)})`;
  const open = [temporary, '/private/tmp', '/private/var/tmp', ...(filesystem === 'workspace-write' ? writable : [])];
  return [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    `(allow file-write* ${open.map(subpath).join(' ')} (literal "/dev/null") (literal "/dev/tty") (regex #"^/dev/ttys[0-9]+$"))`,
    ...(guarded.length === 0 ? [] : [`(deny file-write* ${guarded.map(subpath).join(' ')})`]),
    ...(hidden.length === 0 ? [] : [`(deny file-read* ${hidden.map(subpath).join(' ')})`]),
    ...(network === 'closed' ? ['(deny network*)', '(allow network* (local unix-socket))'] : []),
  ].join('\n');
}
