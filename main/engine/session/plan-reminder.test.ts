import { expect, test } from 'vitest';
import type { ModelMessage } from '../provider/provider.ts';
import { planReminder } from './plan-reminder.ts';

const user = (text: string): ModelMessage => ({ role: 'user', text });
const result = (name: string, text: string): ModelMessage => ({ role: 'tool', results: [{ callId: 'c', name, text, isError: false }] });
const HERE = { canAsk: true };

test('in plan mode every prompt has a reminder, which names exit_plan_mode if a user is present to agree', () => {
  expect(planReminder('plan', [], HERE)).toContain('exit_plan_mode');
  expect(planReminder('plan', [], { canAsk: false })).not.toContain('exit_plan_mode');
  expect(planReminder('default', [], HERE)).toBe(undefined);
});

test('when plan mode is off, the model is informed unless the history already says so', () => {
  const on = user(planReminder('plan', [], HERE) ?? '');
  const off = planReminder('default', [on, user('go')], HERE);
  expect(off).toContain('Plan mode is off');
  expect(planReminder('default', [on, user(off ?? ''), user('go')], HERE)).toBe(undefined);
  expect(planReminder('default', [on, result('exit_plan_mode', 'The user agreed to the plan; the mode is now default.')], HERE)).toBe(
    undefined,
  );
  expect(planReminder('auto-edit', [result('enter_plan_mode', 'Plan mode is on')], HERE)).toContain('Plan mode is off');
});
