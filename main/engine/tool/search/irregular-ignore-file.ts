/** Finds an ignore file on which ripgrep hangs: it waits for the writer of a FIFO and reads a device without end. */
import { dirname, join } from 'node:path';
import type { WorkspaceFs } from '../../ports.ts';

export interface IgnoreFileSearch {
  /** The ignore files that ripgrep reads in every folder. */
  readonly names: ReadonlySet<string>;
  readonly fs: Pick<WorkspaceFs, 'list' | 'stat'>;
  /** True: the result is no longer needed. */
  readonly isOver: () => boolean;
}

/** Checks the folders above `target`, as ripgrep does, then all below it. Errors: none; unreadable entries are skipped. */
export async function findIrregularIgnoreFile(target: string, { names, fs, isOver }: IgnoreFileSearch): Promise<string | undefined> {
  const isIrregular = async (path: string) => {
    const found = await fs.stat(path).catch(() => undefined);
    return found !== undefined && !found.isFile && !found.isDirectory;
  };
  for (let folder = target; folder !== dirname(folder); ) {
    folder = dirname(folder);
    for (const name of names) if (await isIrregular(join(folder, name))) return join(folder, name);
  }
  const folders = [target];
  for (const folder of folders) {
    if (isOver()) return undefined;
    for (const { name, isDirectory, isFile, isSymlink } of await fs.list(folder).catch(() => [])) {
      const path = join(folder, name);
      if (names.has(name) && !isFile && (await isIrregular(path))) return path;
      if (isDirectory && !isSymlink && name !== '.git') folders.push(path);
    }
  }
  return undefined;
}
