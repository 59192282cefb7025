/**
 * What the shell receives if a command runs without a question: the command written anew, and its environment. If any part of it
 * can't be made certain, the command asks.
 */
import type { WorkspaceFs } from '../../../ports.ts';
import type { PartPlan } from '../judge-part.ts';
import type { Exclusions } from '../exclusions.ts';
import type { ParseShell } from '../shell-grammar.ts';
import { SECRET_PATHSPECS } from '../../secret-pathspecs.ts';
import { quoteWord } from '../../../lib/quote-word.ts';
import { findProgram, foldersOutside } from './find-program.ts';
import { disarmGit } from './git-disarmed.ts';
import { listTracked, lookAtRepository } from './git-repository.ts';
import { refusedNpm } from './npm-settings.ts';
import { rebuildCommand } from './rebuild-command.ts';
import { toRunEnvironment } from './run-environment.ts';
import { findHidden, opensFiles, readsContents } from './wall.ts';
import { toPathspecs } from './excluded-pathspecs.ts';

/**
 * `env`: the whole environment; absent: that of any command. `wall`: it must run in a read-only sandbox, in which these files cannot
 * be read. `note`: what the model should know about the output.
 */
export interface RunPlan {
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly wall?: { readonly hidden: readonly string[] };
  readonly note?: string;
}

export interface PlanOptions {
  readonly parse: ParseShell;
  /** All folders the command may be in at some point. */
  readonly folders: readonly string[];
  readonly roots: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** All parts are known to only read. */
  readonly isWhole: boolean;
  readonly home: string | undefined;
  readonly hasWall: boolean;
  readonly exclusions?: Exclusions;
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;
}

export type PlannedRun = { readonly ok: true; readonly run: RunPlan } | { readonly ok: false; readonly why: string };

const EXCLUDED_NOTE = 'git left out files with protected names (.env, keys and the like).';
const OUTSIDE_NOTE = 'git left out files outside the workspace, and files with protected names (.env, keys and the like).';
const FIRST_EXCLUDED = quoteWord(SECRET_PATHSPECS[0] ?? '');

export async function planRun(command: string, plans: readonly PartPlan[], options: PlanOptions): Promise<PlannedRun> {
  const { parse, folders, roots, home, env, isWhole, hasWall, fs } = options;
  const refuse = (why: string) => ({ ok: false, why }) as const;
  const path = await foldersOutside(env['PATH'] ?? '', roots, fs);
  const programs = new Map<string, string>();
  for (const token of plans.flatMap(({ tokens }) => tokens)) {
    if (!('program' in token) || programs.has(token.program)) continue;
    const found = await findProgram(token.program, path, roots, fs);
    if (!found.ok) return refuse(found.why);
    programs.set(token.program, found.path);
  }
  const filters = new Set<string>();
  const below = new Set<string>();
  const git = programs.get('git');
  const readsFiles = plans.some(({ uses }) => uses === 'git-files');
  if (git !== undefined && (readsFiles || plans.some(({ uses }) => uses === 'git'))) {
    for (const folder of folders) {
      const facts = await lookAtRepository(folder, {
        git,
        env: toRunEnvironment(env, { folders: path, filters: [] }),
        roots,
        home,
        fs,
        readsFiles,
      });
      if (!facts.ok) return refuse(facts.why);
      for (const name of facts.filters) filters.add(name);
      if (facts.below !== undefined) below.add(facts.below);
    }
  }
  if (plans.some(({ uses }) => uses === 'npm')) {
    for (const folder of folders) {
      const why = await refusedNpm(folder, roots, fs);
      if (why !== undefined) return refuse(why);
    }
  }
  const runEnv = toRunEnvironment(env, { folders: path, filters: [...filters] });
  const variables = isWhole ? {} : disarmGit([...filters]);
  const shows = plans.some(({ tokens }) => tokens.some((token) => 'notation' in token && token.notation === FIRST_EXCLUDED));
  const excluded = toPathspecs(options.exclusions?.patterns ?? [], [...below][0]);
  if (shows && options.exclusions !== undefined && (options.exclusions.patterns === undefined || excluded === undefined))
    return refuse('git could print files that the user excludes from reading');
  const scoped = plans.map((plan) => leaveOut(excluded ?? [], showOnly([...below], plan)));
  const rebuilt = rebuildCommand(command, scoped, { programs, parse, gitVariables: variables });
  if (rebuilt === undefined) return refuse('the command could not be written anew with certainty');
  const note = rebuilt.includes(FIRST_EXCLUDED) ? { note: below.size > 0 ? OUTSIDE_NOTE : EXCLUDED_NOTE } : {};
  const wall =
    isWhole && hasWall && opensFiles(plans)
      ? { wall: { hidden: !readsContents(plans) ? [] : await hiddenFor(git, { ...options, env: runEnv }) } }
      : {};
  return { ok: true, run: { command: rebuilt, ...(isWhole ? { env: runEnv } : {}), ...wall, ...note } };
}

/** Where git prints contents and the command names no files, only those of the workspace are meant. */
function showOnly(folders: readonly string[], plan: PartPlan): PartPlan {
  const at = plan.tokens.findIndex((token) => 'notation' in token && token.notation === FIRST_EXCLUDED);
  const before = plan.tokens[at - 1];
  if (folders.length === 0 || at === -1 || before === undefined || !('notation' in before) || before.notation !== quoteWord('--'))
    return plan;
  const named = folders.map((folder) => ({ notation: quoteWord(`:(top,literal)${folder}`) }));
  return { ...plan, tokens: [...plan.tokens.slice(0, at), ...named, ...plan.tokens.slice(at)] };
}

function leaveOut(pathspecs: readonly string[], plan: PartPlan): PartPlan {
  const at = plan.tokens.findIndex((token) => 'notation' in token && token.notation === FIRST_EXCLUDED);
  if (at === -1) return plan;
  const added = pathspecs.map((pathspec) => ({ notation: quoteWord(pathspec) }));
  return { ...plan, tokens: [...plan.tokens.slice(0, at + 1), ...added, ...plan.tokens.slice(at + 1)] };
}

/** git would report a tracked file that is hidden as changed, and compares it by pathspecs only; it stays as it is. */
async function hiddenFor(git: string | undefined, options: PlanOptions): Promise<readonly string[]> {
  const { ofHome, ofWorkspace } = await findHidden(options);
  const look = { git: git ?? '', env: options.env };
  const tracked = git === undefined || ofWorkspace.length === 0 ? new Set() : await listTracked(ofWorkspace, look);
  return [...ofHome, ...ofWorkspace.filter((path) => !tracked.has(path))];
}
