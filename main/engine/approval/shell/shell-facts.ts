/**
 * What a command would do, with the paths looked up: where links lead, whether a folder that is read whole has protected
 * files in it, and whether the repository's own settings make git run programs. Reads names and git's settings, nothing else.
 */
import { basename, dirname, join } from 'node:path';
import type { Logger, WorkspaceFs } from '../../ports.ts';
import { judgePath, type PathFacts } from '../protected-paths.ts';
import { loadShellGrammar } from './shell-grammar.ts';
import { type JudgedPart, judgeShell, type ShellJudgement, type TouchedPath } from './shell-judge.ts';

/** A file of a command with what is known of it. `hides`: a protected file below a folder that is read whole. */
export interface TouchFacts extends Omit<TouchedPath, 'path'> {
  readonly facts: PathFacts;
  readonly hides?: string;
}

export interface ShellFacts extends Omit<ShellJudgement, 'parts' | 'gitFolders'> {
  readonly parts: readonly (Omit<JudgedPart, 'touches'> & { readonly touches: readonly TouchFacts[] })[];
  /** Why git does not only read here. */
  readonly gitRuns: string | undefined;
}

export interface LookOptions {
  readonly cwd: string;
  readonly home: string | undefined;
  /** The workspace; what lies elsewhere asks. */
  readonly roots: readonly string[];
  /** The workspace and where our own outputs are. */
  readonly readableRoots: readonly string[];
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;
  readonly logger: Logger;
  readonly platform?: NodeJS.Platform;
}

/** A folder with more is not looked through; reading it whole asks. */
const MAX_LOOKED = 3000;
const MAX_TOUCHES = 60;

/** Never rejects for what a command says. */
export async function lookAtCommand(command: string, options: LookOptions): Promise<ShellFacts> {
  const { cwd, home, fs, logger, platform = process.platform } = options;
  const parse = await loadShellGrammar((error) =>
    logger.warn('The shell grammar could not be loaded; every command asks', { error: String(error) }),
  );
  // On Windows commands are cmd.exe's, which reads them by other rules.
  const judgement = judgeShell(command, platform === 'win32' ? undefined : parse, { cwd, home });
  let budget = MAX_TOUCHES;
  const parts = await Promise.all(
    judgement.parts.map(async (part) => {
      const seen = new Map(part.touches.map((touch) => [JSON.stringify(touch), touch]));
      budget -= seen.size;
      const isTooMuch = budget < 0;
      return {
        ...part,
        ...(isTooMuch ? { readsOnly: false, why: 'names too many files to look at' } : {}),
        touches: isTooMuch ? [] : await Promise.all([...seen.values()].map((touch) => lookAt(touch, options))),
      };
    }),
  );
  const { gitFolders, ...rest } = judgement;
  const found = await Promise.all(gitFolders.map((folder) => programsOfGit(folder, fs)));
  return {
    ...rest,
    readsOnly: parts.every((part) => part.readsOnly) && judgement.readsOnly,
    parts,
    gitRuns: found.find((why) => why !== undefined),
  };
}

async function lookAt({ path, kind, recursive }: TouchedPath, { fs, roots: workspace, readableRoots }: LookOptions): Promise<TouchFacts> {
  const roots = kind === 'read' || kind === 'list' ? readableRoots : workspace;
  const facts = judgePath(await fs.realPath(path).catch(() => path), path, roots);
  if (!recursive || kind === 'list' || !facts.isInside || facts.protection === 'secret') return { facts, kind, recursive };
  const hides = await findProtected(facts.path, fs, roots);
  return { facts, kind, recursive, ...(hides === undefined ? {} : { hides }) };
}

/** Breadth first, links not followed; the folders of git hold no readable secrets and are large. */
async function findProtected(folder: string, fs: LookOptions['fs'], roots: readonly string[]): Promise<string | undefined> {
  const open = [folder];
  let looked = 0;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const names = await fs.list(next).catch(() => []);
    looked += names.length;
    if (looked > MAX_LOOKED) return 'something in this large folder';
    for (const { name, isDirectory } of names) {
      const path = join(next, name);
      if (judgePath(path, path, roots).protection === 'secret') return path;
      if (isDirectory && name !== '.git') open.push(path);
    }
  }
  return undefined;
}

/** Settings that name a program git runs while it only reads. Source: git-config(1). */
const PROGRAM_SETTING =
  /^\s*(fsmonitor\s*=\s*(?!true|false|yes|no|0|1)\S|(external|textconv|command|clean|smudge|process|sshcommand|hookspath|program|pager|askpass|editor|gitproxy|path)\s*=)/im;
const INCLUDES = /^\s*\[\s*include(if)?\b/im;

/** Looks upwards for the repository the command would use. Undefined: its settings run nothing. */
async function programsOfGit(folder: string, fs: LookOptions['fs']): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const dotGit = join(at, '.git');
    const found = await fs.stat(dotGit);
    if (found?.isDirectory === true) return await configRuns(dotGit, fs);
    if (found !== undefined) {
      const to = /^gitdir:\s*(.+)$/m.exec(await textOf(dotGit, fs))?.[1]?.trim();
      return to === undefined ? 'the repository could not be read' : await configRuns(join(to.startsWith('/') ? '' : at, to), fs);
    }
    // A folder that looks like a repository is one, and could have come with the files.
    if ((await fs.stat(join(at, 'HEAD'))) !== undefined && (await fs.stat(join(at, 'objects'))) !== undefined)
      return 'a bare repository among the files';
    if (at === dirname(at) || basename(at) === '') return undefined;
  }
}

async function configRuns(gitDir: string, fs: LookOptions['fs']): Promise<string | undefined> {
  const common = (await textOf(join(gitDir, 'commondir'), fs)).trim();
  const places = [gitDir, ...(common === '' ? [] : [join(common.startsWith('/') ? '' : gitDir, common)])];
  for (const place of places) {
    for (const name of ['config', 'config.worktree']) {
      const text = await textOf(join(place, name), fs);
      if (PROGRAM_SETTING.test(text) || INCLUDES.test(text))
        return `the settings of the repository (${join(place, name)}) make git run a program`;
    }
  }
  return undefined;
}

async function textOf(path: string, fs: LookOptions['fs']): Promise<string> {
  if ((await fs.stat(path))?.isFile !== true) return '';
  return new TextDecoder().decode(await fs.readBytes(path, 256 * 1024).catch(() => new Uint8Array()));
}
