/** Classifies drawn attacks in the default mode, and runs in the cage what would run without a question. */
import { decideApproval } from '../../main/engine/approval/approval-policy.ts';
import { parseRules } from '../../main/engine/approval/permission-rules.ts';
import { classifyPath } from '../../main/engine/approval/protected-paths.ts';
import { lookAtCommand } from '../../main/engine/approval/shell/shell-facts.ts';
import { realFiles } from '../../main/test/shell/shell-oracle.fixture.ts';
import { type AttackCage, createAttackCage } from './attack-cage.ts';
import { drawAttacks } from './attack-commands.ts';

export interface AttackReport {
  readonly commands: number;
  readonly allowed: number;
  readonly isolation: string;
  /** Commands that ran and had an effect or printed a secret. */
  readonly problems: readonly string[];
}

const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export async function proveAttacks({ count, seed }: { readonly count: number; readonly seed: number }): Promise<AttackReport> {
  const cage = createAttackCage();
  const problems: string[] = [];
  let allowed = 0;
  try {
    for (const command of drawAttacks(count, seed, cage.blob)) {
      const answer = await answerTo(command, cage);
      if (answer.kind !== 'allow') continue;
      allowed += 1;
      const effects = answer.run?.env === undefined ? ['runs as it is written'] : cage.effectsOf(command, answer.run);
      if (effects.length > 0) problems.push(`${command}: ${effects.join(', ')}`);
    }
  } finally {
    cage.close();
  }
  return { commands: count, allowed, isolation: cage.isolation, problems };
}

export async function answerTo(command: string, { project, home, env }: Pick<AttackCage, 'project' | 'home' | 'env'>) {
  const roots = [project];
  const shell = await lookAtCommand(command, { cwd: project, home, env, roots, readableRoots: roots, fs: realFiles, logger });
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
