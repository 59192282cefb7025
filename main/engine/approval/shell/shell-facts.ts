/**
 * What a command would do, with its paths resolved: where links lead, whether a folder that is read whole contains protected
 * files, and whether the repository's own settings make git run programs. Reads only names and git's settings.
 */
import { dirname, join } from 'node:path';
import type { Logger, WorkspaceFs } from '../../ports.ts';
import { classifyPath, type PathFacts } from '../protected-paths.ts';
import { loadShellGrammar } from './shell-grammar.ts';
import { findMatched, findProtected } from './protected-below.ts';
import type { TouchedPath } from './shell-folders.ts';
import { programsOfGit } from './git-programs.ts';
import { type ClassifiedPart, classifyShell, type ShellClassification } from './classify-shell.ts';
import { defined } from '../../../../preload/contract/index.ts';

/** A file of a command with the facts about it. `hides`: a protected file below a folder that is read whole. */
export interface TouchFacts extends Omit<TouchedPath, 'path' | 'asWritten' | 'pattern'> {
  readonly facts: PathFacts;
  readonly hides?: string;
}

export interface ShellFacts extends Omit<ShellClassification, 'parts' | 'gitFolders'> {
  readonly parts: readonly (Omit<ClassifiedPart, 'touches'> & { readonly touches: readonly TouchFacts[] })[];
  /** Why git does more than read here. */
  readonly gitRuns: string | undefined;
}

export interface LookOptions {
  readonly cwd: string;
  readonly home: string | undefined;
  /** The workspace; paths elsewhere ask. */
  readonly roots: readonly string[];
  /** The workspace, and the folders of our own output. */
  readonly readableRoots: readonly string[];
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;
  readonly logger: Logger;
  readonly platform?: NodeJS.Platform;
}

const MAX_TOUCHES = 60;

/** Never rejects because of a command's content. */
export async function lookAtCommand(command: string, options: LookOptions): Promise<ShellFacts> {
  const { cwd, home, fs, logger, platform = process.platform } = options;
  const parse = await loadShellGrammar((error) =>
    logger.warn('The shell grammar could not be loaded; every command asks', { error: String(error) }),
  );
  // On Windows cmd.exe runs the commands, and parses them by other rules.
  const classification = classifyShell(command, platform === 'win32' ? undefined : parse, { cwd, home });
  let budget = MAX_TOUCHES;
  const parts = await Promise.all(
    classification.parts.map(async (part) => {
      const seen = new Map(part.touches.map((touch) => [JSON.stringify(touch), touch]));
      budget -= seen.size;
      const isTooMuch = budget < 0;
      return {
        ...part,
        ...(isTooMuch ? { readsOnly: false, why: 'names too many files to check' } : {}),
        touches: isTooMuch ? [] : await Promise.all([...seen.values()].map((touch) => lookAt(touch, options))),
      };
    }),
  );
  const { gitFolders, ...rest } = classification;
  const found = await Promise.all(gitFolders.map((folder) => programsOfGit(folder, fs)));
  return {
    ...rest,
    readsOnly: parts.every((part) => part.readsOnly) && classification.readsOnly,
    parts,
    gitRuns: found.find((why) => why !== undefined),
  };
}

async function lookAt(touch: TouchedPath, { fs, roots: workspace, readableRoots }: LookOptions): Promise<TouchFacts> {
  const { path, kind, recursive, asWritten, pattern } = touch;
  const roots = kind === 'read' || kind === 'list' ? readableRoots : workspace;
  const plain = classifyPath(await fs.realPath(path).catch(() => path), path, roots);
  const climbed = asWritten === undefined ? path : await climb(asWritten, fs);
  const facts = climbed === path ? plain : stricter(plain, classifyPath(await fs.realPath(climbed).catch(() => climbed), path, roots));
  if (!recursive || kind === 'list' || !facts.isInside || facts.protection === 'secret') return { facts, kind, recursive };
  const looked = { fs, roots };
  const hides = pattern === undefined ? await findProtected(facts.path, looked) : await findMatched(facts.path, pattern.split('/'), looked);
  return { facts, kind, recursive, ...defined({ hides }) };
}

/** Step by step, as the system does: `link/..` is the parent of the link's target. */
async function climb(asWritten: string, fs: LookOptions['fs']): Promise<string> {
  let at = '/';
  for (const name of asWritten.split('/')) {
    if (name === '' || name === '.') continue;
    const next = name === '..' ? dirname(at) : join(at, name);
    at = name === '..' ? next : await fs.realPath(next).catch(() => next);
  }
  return at;
}

function stricter(one: PathFacts, other: PathFacts): PathFacts {
  if (one.isInside !== other.isInside) return one.isInside ? other : one;
  const rank = ['none', 'guarded', 'secret'];
  return rank.indexOf(one.protection) > rank.indexOf(other.protection) ? one : other;
}
