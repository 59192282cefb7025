/** Whether the settings of the repository that a command uses make git run programs while it only reads. */
import { basename, dirname, join } from 'node:path';
import type { WorkspaceFs } from '../../ports.ts';

export type GitFiles = Pick<WorkspaceFs, 'realPath' | 'stat' | 'readBytes'>;

/**
 * Settings that name a program git runs while it only reads, or that make it fetch missing objects. A key may follow its
 * section's name on the same line. Source: git-config(1).
 */
const PROGRAM_SETTING =
  /(?:^|\])\s*(?:fsmonitor\s*=\s*(?!(?:true|false|yes|no|on|off|0|1)\s*(?:[#;].*)?$)\S|(?:external|textconv|\w*command|cmd|driver|clean|smudge|process|hookspath|program|pager|askpass|editor|gitproxy|path|uploadpack|vcs|promisor|partialclone)\s*=)/im;
/** `[pager] log = …` is a command as well. */
const SECTIONS = /\[\s*(?:include|includeif|pager)\b/i;
/** Runs when git rewrites its index, as `git status` does. */
const INDEX_HOOK = join('hooks', 'post-index-change');
/** A longer file is not searched. Unit: bytes. */
const MAX_SETTINGS_BYTES = 256 * 1024;

/** Searches upwards for the repository that the command would use. Undefined: its settings run nothing. */
export async function programsOfGit(folder: string, fs: GitFiles): Promise<string | undefined> {
  for (let at = await fs.realPath(folder).catch(() => folder); ; at = dirname(at)) {
    const dotGit = join(at, '.git');
    const found = await fs.stat(dotGit);
    if (found?.isDirectory === true) return await configRuns(dotGit, fs);
    if (found !== undefined) {
      const to = /^gitdir:\s*(.+)$/m.exec(await readText(dotGit, fs))?.[1]?.trim();
      return to === undefined ? 'the repository could not be read' : await configRuns(join(to.startsWith('/') ? '' : at, to), fs);
    }
    // A folder that looks like a repository is treated as one; it could have come with the files.
    if ((await fs.stat(join(at, 'HEAD'))) !== undefined && (await fs.stat(join(at, 'objects'))) !== undefined)
      return 'a bare repository among the files';
    if (at === dirname(at) || basename(at) === '') return undefined;
  }
}

async function configRuns(gitDir: string, fs: GitFiles): Promise<string | undefined> {
  const common = (await readText(join(gitDir, 'commondir'), fs)).trim();
  const places = [gitDir, ...(common === '' ? [] : [join(common.startsWith('/') ? '' : gitDir, common)])];
  for (const place of places) {
    if ((await fs.stat(join(place, INDEX_HOOK))) !== undefined) return `the repository has a hook (${INDEX_HOOK}) that git runs`;
    for (const name of ['config', 'config.worktree']) {
      const text = await readText(join(place, name), fs);
      if (PROGRAM_SETTING.test(text) || SECTIONS.test(text))
        return `the settings of the repository (${join(place, name)}) make git run a program`;
    }
  }
  return undefined;
}

async function readText(path: string, fs: GitFiles): Promise<string> {
  const found = await fs.stat(path);
  if (found?.isFile !== true) return '';
  if (found.sizeBytes > MAX_SETTINGS_BYTES) return '[include]'; // its contents are unknown
  return new TextDecoder().decode(await fs.readBytes(path, MAX_SETTINGS_BYTES).catch(() => new Uint8Array()));
}
