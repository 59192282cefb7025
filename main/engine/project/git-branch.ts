import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createFileCache } from '../lib/file-cache.ts';
import { readRegularFile } from '../lib/regular-file.ts';

/**
 * The branch of the repository that contains a folder, read from its files: no git is started for it. For a detached HEAD the
 * first 7 digits of the commit. Supports worktrees and submodules, whose `.git` is a file that names the folder.
 * Called for every record of a session: HEAD is read again only if it has changed.
 * Resolves with undefined outside a repository and if it cannot be read.
 */
export function createGitBranchReader(): (folder: string) => Promise<string | undefined> {
  const readHead = createFileCache((bytes) => branchIn(new TextDecoder().decode(bytes)));
  return async (folder) => {
    const gitDir = await findGitDir(folder);
    if (gitDir === undefined) return undefined;
    const head = await readHead(join(gitDir, 'HEAD'));
    return head.state === 'read' ? head.value : undefined;
  };
}

function branchIn(text: string): string | undefined {
  const head = text.trim();
  const branch = /^ref: (?:refs\/heads\/)?(.+)$/.exec(head)?.[1];
  return branch ?? (/^[0-9a-f]{40,64}$/.test(head) ? head.slice(0, 7) : undefined);
}

async function findGitDir(folder: string): Promise<string | undefined> {
  for (let dir = folder; ; dir = dirname(dir)) {
    const entry = join(dir, '.git');
    const found = getKind(entry);
    if (found === 'folder') return entry;
    if (found === 'file') {
      const named = /^gitdir: (.+)$/m.exec(String(await readRegularFile(entry).catch(() => '')))?.[1];
      return named === undefined ? undefined : resolve(dir, named.trim());
    }
    if (dirname(dir) === dir) return undefined;
  }
}

/** Unreadable counts as absent: the branch is a label, nothing depends on it. */
function getKind(path: string): 'folder' | 'file' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false }); // not over the thread pool, see `fileStamp`
    if (found?.isDirectory() === true) return 'folder';
    return found?.isFile() === true ? 'file' : undefined;
  } catch {
    return undefined; // a parent folder that may not be searched
  }
}
