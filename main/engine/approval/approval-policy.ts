/**
 * Whether a call runs, asks or is refused. Pure.
 * Order: yolo allows; what a mode forbids is refused; protected files and paths outside the workspace ask; then grants of
 * this session, rules of the command line, and the mode. What would ask where nobody is there is refused.
 */
import type { ApprovalMode, ToolKind } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';
import { isAllowedByRule } from './allowed-tools.ts';
import type { PathFacts } from './protected-paths.ts';

export interface PolicyQuestion {
  readonly mode: ApprovalMode;
  readonly toolName: string;
  readonly toolKind: ToolKind;
  readonly touches: readonly PathFacts[];
  /** The exact command, for a shell call. */
  readonly command?: string;
  readonly cwd?: PathFacts;
  /** The user's settings say that this tool needs no question. */
  readonly isTrusted?: boolean;
  readonly grants: ReadonlySet<string>;
  readonly unattended: boolean;
  readonly allowedTools: readonly string[];
}

/** `reason` is for people and, in a refusal, for the model. */
export type PolicyAnswer = { readonly kind: 'allow' } | { readonly kind: 'ask' | 'deny'; readonly reason: string };

const ALLOW: PolicyAnswer = { kind: 'allow' };

export function decideApproval(question: PolicyQuestion): PolicyAnswer {
  const answer = judge(question);
  if (answer.kind !== 'ask' || !question.unattended) return answer;
  return { kind: 'deny', reason: `${answer.reason}, and nobody is there to answer. Use --approval-mode or --allowed-tools to permit it.` };
}

function judge(question: PolicyQuestion): PolicyAnswer {
  const { mode, toolKind, touches } = question;
  if (mode === 'yolo') return ALLOW;
  const isChange = toolKind === 'edit' || toolKind === 'shell';
  if (mode === 'plan' && isChange) {
    return { kind: 'deny', reason: `Plan mode only reads: ${toolKind === 'shell' ? 'commands do not run' : 'files are not changed'}` };
  }
  const guarded = touches.find((path) => path.protection === 'secret' || (isChange && path.protection === 'guarded'));
  if (guarded !== undefined) return { kind: 'ask', reason: `Protected file: ${guarded.path}` };
  if (grantKeys(question).some((key) => question.grants.has(key))) return ALLOW;
  const outside = [...touches, ...(question.cwd === undefined ? [] : [question.cwd])].find((path) => !path.isInside);
  if (outside !== undefined) return { kind: 'ask', reason: `Outside the project: ${outside.path}` };
  if (question.isTrusted === true && mode !== 'plan') return ALLOW;
  if (isAllowedByRule(question.allowedTools, question.toolName, question.command)) return ALLOW;
  return byKind(question);
}

function byKind({ mode, toolKind, toolName }: PolicyQuestion): PolicyAnswer {
  switch (toolKind) {
    case 'read':
    case 'search':
    case 'task':
    case 'plan':
      return ALLOW;
    case 'edit':
      return mode === 'auto-edit' ? ALLOW : { kind: 'ask', reason: 'Changes to files ask in this mode' };
    case 'shell':
      return { kind: 'ask', reason: 'Commands always ask in this mode' };
    case 'other':
      return { kind: 'ask', reason: `${toolName} asks in this mode` };
    default:
      return assertNever(toolKind);
  }
}

/** What "for this session" is remembered as; none where only "once" is offered to hold (protected files). */
export function grantFor(question: PolicyQuestion): string | undefined {
  if (question.touches.some((path) => path.protection !== 'none')) return undefined;
  return grantKeys(question)[0];
}

/**
 * A command: this very one in this very folder. Changes: all of this kind inside the workspace. Paths outside: these
 * very paths. Others: the tool.
 */
function grantKeys({ toolKind, toolName, command, cwd, touches }: PolicyQuestion): readonly string[] {
  if (command !== undefined) return [JSON.stringify(['command', command, cwd?.path ?? ''])];
  const outside = touches.filter((path) => !path.isInside).map((path) => path.path);
  if (outside.length > 0) return [JSON.stringify(['paths', toolKind, ...outside])];
  return [JSON.stringify(toolKind === 'edit' ? ['kind', toolKind] : ['tool', toolName])];
}
