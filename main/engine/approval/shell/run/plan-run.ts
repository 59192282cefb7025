/**
 * What the shell receives if a command runs without a question: the command written anew, and its environment. If any part of it
 * can't be made certain, the command asks.
 */
import type { WorkspaceFs } from '../../../ports.ts';
import type { PartPlan } from '../judge-part.ts';
import type { ParseShell } from '../shell-grammar.ts';
import { SECRET_PATHSPECS } from '../../secret-pathspecs.ts';
import { quoteWord } from '../words/quote.ts';
import { findProgram, foldersOutside } from './find-program.ts';
import { disarmGit } from './git-disarmed.ts';
import { lookAtRepository } from './git-repository.ts';
import { refusedNpm } from './npm-settings.ts';
import { rebuildCommand } from './rebuild-command.ts';
import { toRunEnvironment } from './run-environment.ts';

/** `env`: the whole environment; absent: that of any command. `note`: what the model should know about the output. */
export interface RunPlan {
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
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
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'>;
}

export type PlannedRun = { readonly ok: true; readonly run: RunPlan } | { readonly ok: false; readonly why: string };

const EXCLUDED_NOTE = 'git left out files with protected names (.env, keys and the like).';

export async function planRun(command: string, plans: readonly PartPlan[], options: PlanOptions): Promise<PlannedRun> {
  const { parse, folders, roots, env, isWhole, fs } = options;
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
  const git = programs.get('git');
  const readsFiles = plans.some(({ uses }) => uses === 'git-files');
  if (git !== undefined && (readsFiles || plans.some(({ uses }) => uses === 'git'))) {
    for (const folder of folders) {
      const facts = await lookAtRepository(folder, {
        git,
        env: toRunEnvironment(env, { folders: path, filters: [] }),
        roots,
        fs,
        readsFiles,
      });
      if (!facts.ok) return refuse(facts.why);
      for (const name of facts.filters) filters.add(name);
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
  const rebuilt = rebuildCommand(command, plans, { programs, parse, gitVariables: variables });
  if (rebuilt === undefined) return refuse('the command could not be written anew with certainty');
  const note = rebuilt.includes(quoteWord(SECRET_PATHSPECS[0] ?? '')) ? { note: EXCLUDED_NOTE } : {};
  return { ok: true, run: { command: rebuilt, ...(isWhole ? { env: runEnv } : {}), ...note } };
}
