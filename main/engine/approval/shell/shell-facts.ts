/**
 * What a command would do, with its paths resolved: where links lead, whether a folder that is read whole contains protected
 * files, and what the shell would receive if it runs without a question. Reads only names and settings.
 */
import { dirname, join } from 'node:path';
import type { Logger, WorkspaceFs } from '../../ports.ts';
import { classifyPath, type PathFacts } from '../protected-paths.ts';
import { loadShellGrammar } from './shell-grammar.ts';
import { findMatched, findProtected } from './protected-below.ts';
import type { TouchedPath } from './shell-folders.ts';
import { type ClassifiedPart, classifyShell, type ShellClassification } from './classify-shell.ts';
import type { Exclusions } from './exclusions.ts';
import type { PartPlan } from './judge-part.ts';
import { planRun, type RunPlan } from './run/plan-run.ts';
import { defined } from '../../../../preload/contract/index.ts';

/** A file of a command with the facts about it. `hides`: a protected file below a folder that is read whole. */
export interface TouchFacts extends Omit<TouchedPath, 'path' | 'asWritten' | 'pattern' | 'kind'> {
  readonly kind: Exclude<TouchedPath['kind'], 'named'>;
  readonly facts: PathFacts;
  readonly hides?: string;
  /** The user's ignore files or rules say that it must not be read. */
  readonly isExcluded?: true;
  /** The file has several names (hard links), and one of the others may be protected. */
  readonly isLinked?: true;
}

export interface ShellFacts extends Omit<ShellClassification, 'parts' | 'folders'> {
  readonly parts: readonly (Omit<ClassifiedPart, 'touches' | 'plan' | 'written'> & { readonly touches: readonly TouchFacts[] })[];
  /**
   * What runs in place of the command if some part runs because it only reads: present if `readsOnly`, unless it is not needed. If other parts do
   * more, those stay as they are written, and the environment is that of any command.
   */
  readonly run?: RunPlan;
}

export interface LookOptions {
  readonly cwd: string;
  readonly home: string | undefined;
  /** The environment that the command would get. */
  readonly env: Readonly<Record<string, string>>;
  /** The workspace; paths elsewhere ask. */
  readonly roots: readonly string[];
  /** The workspace, and the folders of our own output. */
  readonly readableRoots: readonly string[];
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;
  readonly logger: Logger;
  /** Commands that run without a question run behind a wall; without one, fewer of them may. */
  readonly hasWall: boolean;
  readonly exclusions?: Exclusions;
  /** False: the command runs as it is written whatever it does, so `run` is not needed, and git is not asked about the repository. */
  readonly needsRun?: boolean;
  readonly platform?: NodeJS.Platform;
}

const MAX_TOUCHES = 500;

/** Never rejects because of a command's content. */
export async function lookAtCommand(command: string, options: LookOptions): Promise<ShellFacts> {
  const { cwd, home, env, fs, logger, hasWall, platform = process.platform } = options;
  // Links of the paths below are resolved, so those of the home folder must be too.
  const realHome = home === undefined ? undefined : await fs.realPath(home).catch(() => home);
  const parse = await loadShellGrammar((error) =>
    logger.warn('The shell grammar could not be loaded; every command asks', { error: String(error) }),
  );
  const locale = env['LC_ALL'] ?? env['LC_COLLATE'] ?? env['LANG'] ?? '';
  // On Windows cmd.exe runs the commands, and parses them by other rules.
  const classification = await classifyShell(command, platform === 'win32' ? undefined : parse, {
    cwd,
    home,
    fs,
    locale,
    platform,
    hasWall,
  });
  let budget = MAX_TOUCHES;
  const looked = await Promise.all(
    classification.parts.map(async ({ plan, written, ...part }) => {
      const seen = new Map(part.touches.map((touch) => [JSON.stringify(touch), touch]));
      budget -= seen.size;
      if (budget < 0) return { plan, written, facts: { ...part, readsOnly: false, why: 'names too many files to check', touches: [] } };
      const touches = (await Promise.all([...seen.values()].map((touch) => lookAt(touch, { ...options, home: realHome })))).flat();
      const excluded = touches.find(({ isExcluded }) => isExcluded);
      if (excluded !== undefined) {
        const why = `the user excludes ${excluded.facts.path} from reading`;
        return { plan, written, facts: { ...part, readsOnly: false, why, touches } };
      }
      const linked = touches.find(({ isLinked }) => isLinked);
      if (linked === undefined) return { plan, written, facts: { ...part, touches } };
      const why = `${linked.facts.path} has another name (a hard link), which may be protected`;
      return { plan, written, facts: { ...part, readsOnly: false, why, touches } };
    }),
  );
  const { folders, ...rest } = classification;
  const parts = looked.map(({ facts }) => facts);
  const facts: ShellFacts = { ...rest, parts, readsOnly: false, why: classification.why ?? parts.find((part) => !part.readsOnly)?.why };
  if (classification.isOpaque || parse === undefined || parts.every((part) => !part.readsOnly)) return facts;
  const readsOnly = classification.readsOnly && parts.every((part) => part.readsOnly);
  if (options.needsRun === false) return { ...facts, readsOnly, why: readsOnly ? undefined : facts.why };
  const plans = looked.flatMap(({ plan, written, facts: { readsOnly: isReading } }): readonly PartPlan[] =>
    isReading && plan !== undefined ? [plan] : written === undefined ? [] : [asWritten(written)],
  );
  const planned = await planRun(command, plans, { ...options, home: realHome, folders, parse, isWhole: readsOnly });
  return planned.ok
    ? { ...facts, readsOnly, why: readsOnly ? undefined : facts.why, run: planned.run }
    : { ...facts, why: facts.why ?? planned.why };
}

function asWritten(words: readonly string[]): PartPlan {
  return { tokens: words.map((notation) => ({ notation })), spans: [], edits: [] };
}

/** Nothing: the word names no file that matters. */
async function lookAt(
  touch: TouchedPath,
  { fs, roots: workspace, readableRoots, home, exclusions }: LookOptions,
): Promise<readonly TouchFacts[]> {
  const { path, recursive, asWritten, pattern } = touch;
  const kind = touch.kind === 'named' ? 'mention' : touch.kind;
  const roots = kind === 'read' || kind === 'list' ? readableRoots : workspace;
  const plain = classifyPath(await fs.realPath(path).catch(() => path), path, roots, home);
  const climbed = asWritten === undefined ? path : await climb(asWritten, fs);
  const facts =
    climbed === path ? plain : stricter(plain, classifyPath(await fs.realPath(climbed).catch(() => climbed), path, roots, home));
  const found = kind === 'list' ? undefined : await fs.stat(facts.path).catch(() => undefined);
  if (touch.kind === 'named') return found !== undefined && facts.protection === 'secret' ? [{ facts, kind, recursive }] : [];
  const isExcluded = kind === 'read' && [facts.path, path].some((each) => exclusions?.excludes(each) === true);
  if (isExcluded) return [{ facts, kind, recursive, isExcluded }];
  const isLinked = found?.isFile === true && (found.links ?? 1) > 1;
  const other = kind === 'read' && facts.isInside && isLinked ? { isLinked } : {};
  if (!recursive || kind === 'list' || !facts.isInside || facts.protection === 'secret') return [{ facts, kind, recursive, ...other }];
  const looked = { fs, roots, ...defined({ home, excludes: exclusions?.excludes }) };
  const hides = pattern === undefined ? await findProtected(facts.path, looked) : await findMatched(facts.path, pattern.split('/'), looked);
  return [{ facts, kind, recursive, ...other, ...defined({ hides }) }];
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
