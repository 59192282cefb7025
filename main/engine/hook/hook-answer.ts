/** The answer of one hook, and the joined answers of several. Pure. Source: docs/formats.md 7.7. */
import { z } from 'zod';
import { defined } from '../../../preload/contract/index.ts';

/** The limit for text that goes to the model or to people. Unit: UTF-16 code units. */
const MAX_TEXT_CHARS = 10_000;

/**
 * Shape: `block`: why the action must not run, or what the model must do instead. `stop`: why the whole turn ends. `context` is
 * for the model, `messages` for people. `problem`: the hook failed, which stops nothing.
 */
export interface HookAnswer {
  readonly block?: string;
  readonly stop?: string;
  readonly permission?: { readonly decision: 'allow' | 'deny' | 'ask'; readonly reason: string };
  readonly updatedInput?: Readonly<Record<string, unknown>>;
  readonly context: readonly string[];
  readonly messages: readonly string[];
  readonly problem?: string;
}

export type HookEnd =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'failed'; readonly message: string };

export const NO_ANSWER: HookAnswer = { context: [], messages: [] };

const said = z.string().optional().catch(undefined);
const input = z.record(z.string(), z.unknown()).optional().catch(undefined);
const Output = z.object({
  continue: z.boolean().optional().catch(undefined),
  stopReason: said,
  suppressOutput: z.boolean().optional().catch(undefined),
  systemMessage: said,
  decision: said,
  reason: said,
  hookSpecificOutput: z
    .object({
      permissionDecision: z.enum(['allow', 'deny', 'ask']).optional().catch(undefined),
      permissionDecisionReason: said,
      updatedInput: input,
      additionalContext: said,
      decision: z
        .object({ behavior: z.enum(['allow', 'deny']), message: said, updatedInput: input })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
type Output = z.infer<typeof Output>;

/** `readsText`: output that is not JSON is context. Exit code 2 blocks; any other code but 0 is a problem. */
export function readAnswer(end: HookEnd, { readsText }: { readonly readsText: boolean }): HookAnswer {
  if (end.kind === 'failed') return { ...NO_ANSWER, problem: end.message };
  const { exitCode, stdout, stderr } = end;
  if (exitCode === 2) return { ...NO_ANSWER, block: cut(stderr) || 'A hook refused this.' };
  if (exitCode !== 0) return { ...NO_ANSWER, problem: `It exited with code ${exitCode}${stderr.trim() === '' ? '.' : `: ${cut(stderr)}`}` };
  const output = parseOutput(stdout);
  if (output !== undefined) return fromOutput(output);
  return { ...NO_ANSWER, context: readsText && stdout.trim() !== '' ? [cut(stdout)] : [] };
}

function fromOutput(output: Output): HookAnswer {
  const { hookSpecificOutput: specific = {}, reason = '' } = output;
  const blocks = output.decision === 'block' || output.decision === 'deny';
  const decided = specific.permissionDecision ?? specific.decision?.behavior ?? olderDecision(output);
  const why = specific.permissionDecisionReason ?? specific.decision?.message ?? reason;
  const updatedInput = specific.updatedInput ?? specific.decision?.updatedInput;
  const context = specific.additionalContext ?? '';
  const shown = output.suppressOutput === true ? '' : (output.systemMessage ?? '');
  return {
    ...(blocks ? { block: cut(reason) || 'A hook refused this.' } : {}),
    ...(output.continue === false ? { stop: cut(output.stopReason ?? reason) || 'A hook stopped the turn.' } : {}),
    ...(decided === undefined ? {} : { permission: { decision: decided, reason: cut(why) || 'A hook made this decision.' } }),
    ...defined({ updatedInput }),
    context: context.trim() === '' ? [] : [cut(context)],
    messages: shown.trim() === '' ? [] : [cut(shown)],
  };
}

/** Deny before ask before allow; the last input; all messages. */
export function joinAnswers(answers: readonly HookAnswer[]): HookAnswer {
  const blocks = answers.flatMap(({ block }) => block ?? []);
  const stop = answers.find((answer) => answer.stop !== undefined)?.stop;
  const rank = { deny: 2, ask: 1, allow: 0 } as const;
  const permission = answers
    .flatMap((answer) => answer.permission ?? [])
    .toSorted((a, b) => rank[b.decision] - rank[a.decision])
    .at(0);
  const updatedInput = answers.findLast((answer) => answer.updatedInput !== undefined)?.updatedInput;
  const problems = answers.flatMap(({ problem }) => problem ?? []);
  return {
    ...(blocks.length === 0 ? {} : { block: blocks.join('\n') }),
    ...defined({ stop, permission, updatedInput }),
    context: answers.flatMap(({ context }) => context),
    messages: answers.flatMap(({ messages }) => messages),
    ...(problems.length === 0 ? {} : { problem: problems.join('\n') }),
  };
}

function olderDecision({ decision }: Output): 'allow' | 'ask' | undefined {
  if (decision === 'approve' || decision === 'allow') return 'allow';
  return decision === 'ask' ? 'ask' : undefined;
}

function parseOutput(stdout: string): Output | undefined {
  const trimmed = stdout.trim();
  if (!trimmed.startsWith('{')) return undefined;
  try {
    return Output.safeParse(JSON.parse(trimmed)).data;
  } catch {
    return undefined; // it only begins like JSON
  }
}

function cut(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= MAX_TEXT_CHARS ? trimmed : `${trimmed.slice(0, MAX_TEXT_CHARS).toWellFormed()} [cut]`;
}
