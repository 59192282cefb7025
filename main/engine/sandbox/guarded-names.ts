/**
 * What a command in the write sandbox must not change, although the folder around it can be written: files that run code later, or
 * decide about approvals. bubblewrap can only cover a path that exists, so a missing one is created as an empty folder for as long
 * as commands run there, and removed after the last of them.
 */
import { lstat, mkdir, realpath, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const REPOSITORY = '.git';
const CONFIG = 'config';
const IN_REPOSITORY = ['hooks', CONFIG];
const GUARDED = ['.qwen', '.husky', '.vscode', '.idea'];

/** `pinned`: can be written, but not renamed or replaced, so that what is guarded below stays there. */
export interface GuardedPaths {
  readonly pinned: readonly string[];
  readonly guarded: readonly string[];
}

/** Whether or not they exist: for a sandbox that judges paths by name. */
export function guardedByName(folders: readonly string[]): GuardedPaths {
  return {
    pinned: folders.map((folder) => join(folder, REPOSITORY)),
    guarded: folders.flatMap((folder) => [
      ...IN_REPOSITORY.map((name) => join(folder, REPOSITORY, name)),
      ...GUARDED.map((name) => join(folder, name)),
    ]),
  };
}

export interface Placeholders {
  /** Links resolved; every path exists until `release` is called. Errors: none; a path that cannot be created is left out. */
  hold(folders: readonly string[]): Promise<GuardedPaths & { readonly release: () => Promise<void> }>;
}

export function createPlaceholders(): Placeholders {
  /** How many commands rely on a folder that was created here. */
  const uses = new Map<string, number>();

  const holdOne = async (path: string, made: string[]): Promise<readonly string[]> => {
    const isMissing = (await lstat(path).catch(() => undefined)) === undefined;
    if (isMissing || uses.has(path)) {
      made.push(path);
      uses.set(path, (uses.get(path) ?? 0) + 1);
    }
    // Where it cannot be created, the command cannot create it either.
    if (isMissing) await (basename(path) === CONFIG ? writeFile(path, '', { flag: 'wx' }) : mkdir(path)).catch(() => undefined);
    return await realpath(path).then(
      (real) => [real],
      () => [],
    );
  };

  async function release(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const left = (uses.get(path) ?? 1) - 1;
      if (left > 0) {
        uses.set(path, left);
        continue;
      }
      uses.delete(path);
      await rmdir(path).catch(() => undefined); // the user has put something into it, or removed it
    }
  }

  return {
    async hold(folders) {
      const made: string[] = [];
      const pinned: string[] = [];
      const guarded: string[] = [];
      for (const folder of folders) {
        const repository = join(folder, REPOSITORY);
        // A file leads to a repository elsewhere. A missing one is covered as a whole, or a command could make one with hooks.
        const isRepository = (await lstat(join(repository, 'HEAD')).catch(() => undefined)) !== undefined;
        const names = isRepository ? IN_REPOSITORY.map((name) => join(REPOSITORY, name)) : [REPOSITORY];
        if (isRepository) pinned.push(await realpath(repository));
        for (const name of [...names, ...GUARDED]) guarded.push(...(await holdOne(join(folder, name), made)));
      }
      return { pinned, guarded: [...new Set(guarded)], release: () => release(made) };
    },
  };
}
