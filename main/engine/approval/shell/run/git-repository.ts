/**
 * Whether git may run here without a question: the repository must be that of the workspace, and its own settings may hold only
 * keys that are known to do nothing. git itself is asked, disarmed, so that its reading of includes and worktrees counts.
 */
import { execFile } from 'node:child_process';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { WorkspaceFs } from '../../../ports.ts';
import { disarmGit } from './git-disarmed.ts';
import { holdsHome, isWithin } from '../../../lib/within.ts';

export type GitFiles = Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;

/**
 * `filters`: names of the filters in all settings, to be emptied. `below`: the path from the top of the repository to the workspace, if
 * the workspace is a folder of it; contents are then shown only of that folder.
 */
export type GitFacts =
  | { readonly ok: true; readonly filters: readonly string[]; readonly below?: string }
  | { readonly ok: false; readonly why: string };

/** Keys of a repository's own settings that name no program, no file and no other repository. Source: git-config(1). */
const HARMLESS_KEY =
  /^(?:core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|longpaths|sparsecheckout|sparsecheckoutcone|abbrev|quotepath)|extensions\.(?:objectformat|worktreeconfig)|index\.sparse|init\.defaultbranch|remote\..*\.(?:url|pushurl|fetch|push|tagopt|prune|gh-resolved)|branch\..*\.(?:remote|merge|rebase|pushremote|description|vscode-merge-base|gh-merge-base|github-pr-owner-number)|branch\.(?:autosetuprebase|autosetupmerge|sort)|user\.(?:name|email|signingkey)|commit\.gpgsign|tag\.(?:gpgsign|sort)|pull\.(?:rebase|ff)|push\.(?:default|autosetupremote|followtags)|rebase\.(?:autostash|autosquash)|fetch\.prune|merge\.(?:conflictstyle|ff)|rerere\.enabled|submodule\.(?:active|.*\.(?:url|active))|gc\.auto|maintenance\.(?:auto|strategy)|advice\.\w+|color\.\w+|lfs\.repositoryformatversion)$/s;

/** A repository on a slow disk. Unit: ms. */
const LIMIT_MS = 5000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_CHANGED = 2000;

export interface GitLook {
  /** Absolute path of git. */
  readonly git: string;
  readonly env: Readonly<Record<string, string>>;
  readonly roots: readonly string[];
  readonly home: string | undefined;
  readonly fs: GitFiles;
  /** Contents of files will be printed, not only of commits. */
  readonly readsFiles: boolean;
}

export async function lookAtRepository(folder: string, look: GitLook): Promise<GitFacts> {
  const refuse = (why: string) => ({ ok: false, why }) as const;
  const found = await run(['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-common-dir'], folder, look);
  const [top, gitDir, common] = found?.split('\n') ?? [];
  if (top === undefined || gitDir === undefined || common === undefined || top === '' || gitDir === '')
    return refuse('git finds no repository of this project here');
  const outside = await findOutside({ top, gitDir, common: resolve(folder, common) }, look);
  if (outside !== undefined) return refuse(outside);
  const listed = await run(['config', '--list', '--show-scope', '--name-only', '-z'], folder, look);
  if (listed === undefined) return refuse('the settings of the repository could not be read');
  const entries = listed.split('\0');
  const filters = new Set<string>();
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const [scope, key = ''] = [entries[at], entries[at + 1]];
    const filter = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
    if (filter !== undefined) filters.add(filter);
    const isOurs = scope === 'command';
    const isOfUser = scope === 'global' || scope === 'system';
    if (!isOurs && !isOfUser && !HARMLESS_KEY.test(key))
      return refuse(`the repository’s own setting ${key} can make git run a program or read other files`);
  }
  // git compares contents where times don't tell, and would run filters of the user for it.
  const withoutFilters = { ...look, env: { ...look.env, ...disarmGit([...filters]) } };
  const linked = look.readsFiles ? await findLinked(top, withoutFilters) : undefined;
  if (linked !== undefined) return refuse(linked);
  const realTop = await look.fs.realPath(top);
  const root = look.roots.find((each) => each !== realTop && isWithin(each, realTop) && isWithin(folder, each));
  return { ok: true, filters: [...filters], ...(root === undefined ? {} : { below: relative(realTop, root) }) };
}

interface Places {
  readonly top: string;
  readonly gitDir: string;
  readonly common: string;
}

async function findOutside({ top, gitDir, common }: Places, { roots, home, fs }: GitLook): Promise<string | undefined> {
  const real = (path: string) => fs.realPath(path).catch(() => '/');
  const [realTop, realDir, realCommon] = await Promise.all([real(top), real(gitDir), real(common)]);
  const isInside = (path: string) => roots.some((root) => isWithin(path, root));
  // A workspace that is a folder of a repository: that one, and not the one of a home folder.
  const isAround = roots.some((root) => isWithin(root, realTop)) && !holdsHome(realTop, home);
  if (!isInside(realTop) && !isAround) return `the repository’s files lie in ${top}, outside the workspace`;
  const isPlain = realDir === join(realTop, '.git') && realCommon === realDir;
  const isOwn = isInside(realTop) ? isInside(realDir) && isInside(realCommon) : isPlain;
  if (!isOwn && !(await isLinkedWorktree({ top: realTop, gitDir: realDir, common: realCommon }, fs)))
    return `the repository lies in ${common}, outside the workspace`;
  const places = [...new Set([realDir, realCommon])];
  for (const place of [
    ...places,
    join(realCommon, 'objects'),
    join(realCommon, 'refs'),
    join(realCommon, 'info'),
    join(realCommon, 'logs'),
    join(realDir, 'logs'),
  ]) {
    const entries = await fs.list(place).catch(() => []);
    const link = entries.find(({ isSymlink }) => isSymlink);
    if (link !== undefined) return `${join(place, link.name)} is a link`;
  }
  const alternates = join(realCommon, 'objects', 'info', 'alternates');
  return (await fs.stat(alternates).catch(() => undefined)) === undefined ? undefined : 'the repository borrows objects from another one';
}

/** A file that is not as it was committed, and has a second name (a hard link), may be a protected one by that name. */
async function findLinked(top: string, look: GitLook): Promise<string | undefined> {
  const listed = await run(['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--no-ext-diff'], top, look);
  const names = listed?.split('\0').filter((name) => name !== '');
  if (names === undefined || names.length > MAX_CHANGED) return 'too many files have changed to check them';
  for (const name of names) {
    const found = await look.fs.stat(join(top, name)).catch(() => undefined);
    if (found?.isFile === true && (found.links ?? 1) > 1)
      return `${join(top, name)} has another name (a hard link), which may be protected`;
  }
  return undefined;
}

/** Both sides name each other, and the other side is not in the hands of the workspace. */
async function isLinkedWorktree({ top, gitDir, common }: Places, fs: GitFiles): Promise<boolean> {
  if (dirname(dirname(gitDir)) !== common || !gitDir.includes('/worktrees/')) return false;
  const back = await fs.readBytes(join(gitDir, 'gitdir'), 4096).catch(() => new Uint8Array());
  const named = new TextDecoder().decode(back).trim();
  return named !== '' && (await fs.realPath(dirname(named)).catch(() => '/')) === top;
}

/** Those of the paths that git has in its index, or all where git does not answer. */
export async function listTracked(paths: readonly string[], look: Pick<GitLook, 'git' | 'env'>): Promise<ReadonlySet<string>> {
  const tracked = new Set<string>();
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const names = paths.filter((path) => dirname(path) === folder).map((path) => basename(path));
    const listed = await run(['--literal-pathspecs', 'ls-files', '-z', '--', ...names], folder, look);
    const found = new Set(listed?.split('\0').map((name) => name.split('/')[0]) ?? names);
    for (const name of names) if (found.has(name)) tracked.add(join(folder, name));
  }
  return tracked;
}

/** Undefined: git failed. */
function run(args: readonly string[], cwd: string, { git, env }: Pick<GitLook, 'git' | 'env'>): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(git, [...args], { cwd, env, timeout: LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' }, (error, out) =>
      done(error === null ? out : undefined),
    );
  });
}
