/**
 * The reminder about plan mode that goes with a prompt. The system text never changes, so that it stays cached. Pure.
 * Source: docs/formats.md 4.1 (a reminder in the user's message).
 */
import type { ApprovalMode } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';

const PLAN_ON =
  'Plan mode is on: read, search and ask, but change nothing. Files cannot be changed, and commands that do more than read do not run.';
const PRESENT = 'When you know what to do, present the whole plan with exit_plan_mode. You may carry it out once the user agrees.';
const ANSWER = 'No user is present to agree to a plan, so give the plan as your answer.';
const PLAN_OFF = 'Plan mode is off: you may make changes again.';

/** Undefined: no reminder is needed. `canAsk`: a user is present who could agree to a plan. */
export function planReminder(
  mode: ApprovalMode,
  messages: readonly ModelMessage[],
  { canAsk }: { readonly canAsk: boolean },
): string | undefined {
  const text = mode === 'plan' ? `${PLAN_ON} ${canAsk ? PRESENT : ANSWER}` : wasPlanModeOn(messages) ? PLAN_OFF : undefined;
  return text === undefined ? undefined : `<system-reminder>\n${text}\n</system-reminder>`;
}

/** Whether the last reminder or tool result in the history says that plan mode is on. */
function wasPlanModeOn(messages: readonly ModelMessage[]): boolean {
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
