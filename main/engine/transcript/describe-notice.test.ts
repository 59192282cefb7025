import { expect, test } from 'vitest';
import { describeNotice } from './describe-notice.ts';

test.each<[Parameters<typeof describeNotice>[0], string]>([
  [{ code: 'compacted' }, 'Earlier conversation was summarized to free context.'],
  [
    { code: 'compacted', tokens: { before: 90_000, after: 1200 }, kept: { prompts: 2, steps: false, files: 1 } },
    'Earlier conversation was summarized: 90,000 → 1,200 tokens. Kept: the summary, the last 2 prompts with what followed, the paths of 1 file. The whole conversation can still be read here.',
  ],
  [
    { code: 'compacted', tokens: { before: 2, after: 1 }, kept: { prompts: 1, steps: false, files: 2 } },
    'Earlier conversation was summarized: 2 → 1 tokens. Kept: the summary, the last prompt with what followed, the paths of 2 files. The whole conversation can still be read here.',
  ],
  [
    { code: 'compacted', tokens: { before: 2, after: 1 }, kept: { prompts: 0, steps: true, files: 0 } },
    'Earlier conversation was summarized: 2 → 1 tokens. Kept: the summary, the last steps of the running turn. The whole conversation can still be read here.',
  ],
  [
    { code: 'compaction_failed', problem: { code: 'longer' }, isAsked: true },
    'The conversation could not be summarized and was not changed: The summary was longer than the messages it would replace.',
  ],
  [
    { code: 'compaction_failed', problem: { code: 'other', message: 'Acme is busy.' }, isAsked: false },
    'The conversation could not be summarized and was not changed: Acme is busy. To try again, use /compress.',
  ],
  [{ code: 'hook_continued', message: 'go on' }, 'A hook continued the turn: go on'],
  [{ code: 'hook_commented', message: 'format' }, "A hook's message about these calls: format"],
  [{ code: 'turn_stopped' }, 'You stopped the turn.'],
  [{ code: 'turn_stopped_by_hook', reason: 'enough' }, 'A hook stopped the turn: enough'],
  [{ code: 'subagent_stopped_by_hook', reason: 'enough' }, 'A hook stopped a subagent: enough'],
  [
    { code: 'rules_not_saved', rules: ['Bash(a)', 'Bash(b)'], reason: 'No space.' },
    'The rule Bash(a), Bash(b) could not be written, so the answer applies to this call only. No space.',
  ],
  [{ code: 'turn_not_started', reason: 'Error: x' }, 'The turn could not start: Error: x'],
])('%j is “%s” without a window', (content, text) => {
  expect(describeNotice(content)).toBe(text);
});
