import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * The branch of the repository that `folder` lies in, read from its files: no git is started for it. Of a detached HEAD the
 * first 7 digits of the commit. Knows worktrees and submodules, whose `.git` is a file that names the folder.
 * Returns undefined outside a repository and where it cannot be read.
 */
export async function readGitBranch(folder: string): Promise<string | undefined> {
  const gitDir = await findGitDir(folder);
  if (gitDir === undefined) return undefined;
  const head = (await readText(join(gitDir, 'HEAD')))?.trim();
  if (head === undefined) return undefined;
  const branch = /^ref: (?:refs\/heads\/)?(.+)$/.exec(head)?.[1];
  return branch ?? (/^[0-9a-f]{40,64}$/.test(head) ? head.slice(0, 7) : undefined);
}

async function findGitDir(folder: string): Promise<string | undefined> {
  for (let dir = folder; ; dir = dirname(dir)) {
    const entry = join(dir, '.git');
    const found = await stat(entry).catch(() => undefined); // absent here: look one folder higher
    if (found?.isDirectory() === true) return entry;
    if (found?.isFile() === true) {
      const named = /^gitdir: (.+)$/m.exec((await readText(entry)) ?? '')?.[1];
      return named === undefined ? undefined : resolve(dir, named.trim());
    }
    if (dirname(dir) === dir) return undefined;
  }
}

/** Unreadable counts as absent: the branch is a label, nothing depends on it. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
