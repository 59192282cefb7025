/**
 * What the model is told of plan mode, with a prompt: the system text never changes, so that its bytes stay cached. Pure.
 * Source: docs/formats.md 4.1 (a reminder in the user's message).
 */
import type { ApprovalMode } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';

const PLAN_ON =
  'Plan mode is on: read, search and ask, but change nothing. Files cannot be changed, and commands that do more than read do not run.';
const PRESENT = 'When you know what is to be done, present the whole plan with exit_plan_mode; you may carry it out once the user agrees.';
const ANSWER = 'Nobody is there to agree to a plan, so give it as your answer.';
const PLAN_OFF = 'Plan mode is off: you may make changes again.';

/** Undefined: there is nothing to say. `canAsk`: somebody could agree to a plan. */
export function planReminder(
  mode: ApprovalMode,
  messages: readonly ModelMessage[],
  { canAsk }: { readonly canAsk: boolean },
): string | undefined {
  const text = mode === 'plan' ? `${PLAN_ON} ${canAsk ? PRESENT : ANSWER}` : wasOn(messages) ? PLAN_OFF : undefined;
  return text === undefined ? undefined : `<system-reminder>\n${text}\n</system-reminder>`;
}

/** Whether the last the model has heard of it was that it is on. */
function wasOn(messages: readonly ModelMessage[]): boolean {
  for (const message of messages.toReversed()) {
    if (message.role === 'user') {
      if (message.text.includes(PLAN_ON)) return true;
      if (message.text.includes(PLAN_OFF)) return false;
    }
    if (message.role !== 'tool') continue;
    if (message.results.some(({ name, isError }) => name === 'enter_plan_mode' && !isError)) return true;
    if (message.results.some(({ name, text }) => name === 'exit_plan_mode' && text.startsWith('The user agreed'))) return false;
  }
  return false;
}
