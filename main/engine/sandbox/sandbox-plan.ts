/**
 * Builds the command line that runs a shell inside bubblewrap or sandbox-exec. Pure.
 * Reading is not restricted. Writing works in the folders named and in a fresh /tmp (bubblewrap) or the system's temporary
 * folders (sandbox-exec). A closed network means no network at all.
 * Source: bwrap(1); sandbox-exec(1) and the profile language as Apple's own profiles show it. Format of the setting:
 * docs/formats.md 6.
 */

/** `filesystem` `read-only`: only temporary files can be written. */
export interface SandboxLimits {
  readonly filesystem: 'read-only' | 'workspace-write';
  readonly network: 'open' | 'closed';
}

export interface SandboxFolders {
  readonly cwd: string;
  /** Absolute, links resolved; they exist. */
  readonly writable: readonly string[];
  /** Below the writable folders, but never writable: files that decide what runs later. */
  readonly guarded: readonly string[];
  /** What a command without approval must not read: keys. */
  readonly hidden: readonly string[];
  readonly temporary: string;
}

export type SandboxBackend = { readonly kind: 'bwrap' | 'sandbox-exec'; readonly path: string };

export interface WrappedShell {
  readonly shell: string;
  readonly args: readonly string[];
}

export function wrapShell(backend: SandboxBackend, limits: SandboxLimits, folders: SandboxFolders, command: WrappedShell): WrappedShell {
  const inner = [command.shell, ...command.args];
  if (backend.kind === 'sandbox-exec') return { shell: backend.path, args: ['-p', seatbeltProfile(limits, folders), '--', ...inner] };
  return { shell: backend.path, args: [...bubblewrapArguments(limits, folders), '--', ...inner] };
}

/** Later binds cover earlier ones. The terminal creates the new session: `--new-session` would remove its job control. */
export function bubblewrapArguments({ filesystem, network }: SandboxLimits, folders: SandboxFolders): readonly string[] {
  const { cwd, writable, guarded, hidden } = folders;
  const isWriting = filesystem === 'workspace-write';
  return [
    ...['--ro-bind', '/', '/'],
    ...['--dev-bind', '/dev', '/dev'],
    ...['--proc', '/proc'],
    ...['--tmpfs', '/tmp'],
    ...['--tmpfs', '/var/tmp'],
    // Sockets of services that would do for the command what it must not do itself (Docker's, the user's bus).
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

export function seatbeltProfile({ filesystem, network }: SandboxLimits, { writable, guarded, hidden, temporary }: SandboxFolders): string {
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
