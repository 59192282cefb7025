/**
 * Classifies drawn attacks in the default mode, and runs what would run without a question:
 * - `cage`: the longer list, in a cage that stops nothing inside the project, so that the check alone is tried;
 * - `wall`: the longer list, behind the wall, as it runs where bubblewrap is;
 * - `no-wall`: the shorter list, in the cage, as it runs where no sandbox is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideApproval } from '../../main/engine/approval/approval-policy.ts';
import { parseRules } from '../../main/engine/approval/permission-rules.ts';
import { classifyPath } from '../../main/engine/approval/protected-paths.ts';
import { createSandbox } from '../../main/engine/sandbox/index.ts';
import { lookAtCommand } from '../../main/engine/approval/shell/shell-facts.ts';
import { realFiles } from '../../main/test/shell/shell-oracle.fixture.ts';
import { type AttackCage, createAttackCage } from './attack-cage.ts';
import { drawAttacks } from './attack-commands.ts';

export type AttackMode = 'cage' | 'wall' | 'no-wall';

export interface AttackReport {
  readonly mode: AttackMode;
  readonly commands: number;
  readonly allowed: number;
  /** Of these, the ones that ran behind the wall. */
  readonly walled: number;
  readonly isolation: string;
  /** Commands that ran and had an effect or printed a secret. */
  readonly problems: readonly string[];
}

const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export interface AttackOptions {
  readonly count: number;
  readonly seed: number;
  readonly mode?: AttackMode;
}

/** Errors: throws in the mode `wall` where no sandbox works. */
export async function proveAttacks({ count, seed, mode = 'cage' }: AttackOptions): Promise<AttackReport> {
  const gantryHome = mkdtempSync(join(tmpdir(), 'gantry-attacks-'));
  const sandbox = createSandbox({ gantryHome });
  const cage = createAttackCage();
  const problems: string[] = [];
  let allowed = 0;
  let walled = 0;
  const wrap = async (command: string, hidden: readonly string[]) => {
    const place = { cwd: cage.project, root: cage.project, extraFolders: [] };
    const wrapped = await sandbox.wrapInWall(place, hidden, { shell: '/bin/bash', args: ['-c', command] });
    if (!wrapped.ok) throw new Error(wrapped.refusal);
    return wrapped.run;
  };
  try {
    for (const command of drawAttacks(count, seed, cage.blob)) {
      const answer = await answerTo(command, cage, mode !== 'no-wall');
      if (answer.kind !== 'allow') continue;
      allowed += 1;
      if (answer.run?.env === undefined) {
        problems.push(`${command}: runs as it is written`);
        continue;
      }
      const { run } = answer;
      const behind = mode === 'wall' && run.wall !== undefined ? await wrap(run.command, run.wall.hidden) : undefined;
      if (behind !== undefined) walled += 1;
      const effects = cage.effectsOf(command, run, behind);
      if (effects.length > 0) problems.push(`${command}: ${effects.join(', ')}`);
    }
  } finally {
    cage.close();
    rmSync(gantryHome, { recursive: true, force: true });
  }
  return { mode, commands: count, allowed, walled, isolation: cage.isolation, problems };
}

export async function answerTo(command: string, { project, home, env }: Pick<AttackCage, 'project' | 'home' | 'env'>, hasWall = true) {
  const roots = [project];
  const shell = await lookAtCommand(command, { cwd: project, home, env, roots, readableRoots: roots, fs: realFiles, logger, hasWall });
  return decideApproval({
    mode: 'default',
    toolName: 'run_shell_command',
    toolKind: 'shell',
    touches: [],
    command,
    cwd: classifyPath(project, project, roots),
    shell,
    grants: new Set(),
    unattended: false,
    rules: parseRules({ allow: [], ask: [], deny: [] }),
    place: { root: project, home },
  });
}
