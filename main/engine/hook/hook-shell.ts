/** Selects the shell for a hook: bash if available, as in Qwen Code, so that the same hook works in both. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

export interface HookShell {
  readonly path: string;
  readonly args: readonly string[];
}

/** Our pipes are sockets, and a bash with a socket as its input reads ~/.bashrc, as if a remote shell had started it. */
const BASH_ARGS = ['--norc', '-c'];

/** `wanted`: the hook's own setting. Looked up on the hook's own PATH. */
export async function hookShell(
  wanted: 'bash' | 'powershell' | undefined,
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Promise<HookShell> {
  if (wanted === 'powershell') return { path: platform === 'win32' ? 'powershell' : 'pwsh', args: ['-NoProfile', '-Command'] };
  if (platform === 'win32') return wanted === 'bash' ? { path: 'bash', args: BASH_ARGS } : { path: 'cmd.exe', args: ['/d', '/s', '/c'] };
  const bash = await findBash(env['PATH'] ?? '');
  return bash === undefined ? { path: '/bin/sh', args: ['-c'] } : { path: bash, args: BASH_ARGS };
}

async function findBash(searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue; // a relative one would mean a different program in each folder
    const path = join(folder, 'bash');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
