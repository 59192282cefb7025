/**
 * Which program a name means: the first file of that name on the PATH, without the folders of the workspace. `npx` and `npm
 * run` put the workspace's own folder on the PATH.
 */
import { isAbsolute, join } from 'node:path';
import type { WorkspaceFs } from '../../../ports.ts';
import { isWithin } from '../../../lib/within.ts';

type Files = Pick<WorkspaceFs, 'realPath' | 'stat'>;

/** Programs of version managers, which read from the workspace what they start. */
const CHOOSER =
  /\/(?:shims|\.?asdf|\.volta|\.proto|\.rbenv|\.pyenv|\.nodenv|\.jenv|\.goenv|corepack)\/|\/(?:volta-shim|mise|rtx|asdf|proto-shim)$/;

/** The folders of the PATH outside the workspace. */
export async function foldersOutside(path: string, roots: readonly string[], fs: Files): Promise<readonly string[]> {
  const folders = [...new Set(path.split(':'))].filter((folder) => isAbsolute(folder));
  const real = await Promise.all(folders.map((folder) => fs.realPath(folder).catch(() => undefined)));
  return folders.filter((folder, at) => {
    const to = real[at];
    return to !== undefined && !roots.some((root) => isWithin(to, root) || isWithin(folder, root));
  });
}

export type FoundProgram = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly why: string };

export async function findProgram(name: string, folders: readonly string[], roots: readonly string[], fs: Files): Promise<FoundProgram> {
  for (const folder of folders) {
    const path = join(folder, name);
    if ((await fs.stat(path).catch(() => undefined))?.isFile !== true) continue;
    const real = await fs.realPath(path).catch(() => undefined);
    if (real === undefined || roots.some((root) => isWithin(real, root)))
      return { ok: false, why: `the program ${name} is part of the workspace` };
    if (CHOOSER.test(real) || CHOOSER.test(path))
      return { ok: false, why: `a version manager chooses the program ${name} by files of the workspace` };
    return { ok: true, path };
  }
  return { ok: false, why: `there is no program ${name} outside the workspace` };
}
