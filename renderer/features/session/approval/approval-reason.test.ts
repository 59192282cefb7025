import { expect, test } from 'vitest';
import type { Approval } from '../../../../preload/contract/index.ts';
import { approvalReason } from './approval-reason.ts';

test.each<[Pick<Approval, 'cause' | 'reason'>, string]>([
  [{ reason: '“make” is not one of the commands that only read' }, '“make” is not one of the commands that only read'],
  [{ reason: '', cause: { code: 'edits' } }, 'File changes need approval in this mode'],
  [{ reason: '', cause: { code: 'commands' } }, 'Commands that can change something need approval in this mode'],
  [{ reason: '', cause: { code: 'interrupted' } }, 'Gantry closed before the call ran'],
  [{ reason: '', cause: { code: 'tool', tool: 'fetch_page' } }, 'fetch_page needs approval in this mode'],
  [{ reason: '', cause: { code: 'rule', rule: 'Bash(git:*)' } }, 'Your rule Bash(git:*) requires approval'],
  [{ reason: '', cause: { code: 'protected', path: '.git/config' } }, 'Protected file: .git/config'],
  [{ reason: '', cause: { code: 'outside', path: '/etc/hosts' } }, 'Outside the project: /etc/hosts'],
])('the reason of %j is %j', (approval, text) => {
  expect(approvalReason(approval)).toBe(text);
});
