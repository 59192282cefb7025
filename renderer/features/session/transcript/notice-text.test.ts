import { expect, test } from 'vitest';
import type { NoticeContent } from '../../../../preload/contract/index.ts';
import { noticeDetail, noticeText } from './notice-text.ts';

test.each<[NoticeContent | undefined, string]>([
  [undefined, 'from the host'],
  [{ code: 'command_answer' }, 'from the host'],
  [{ code: 'turn_interrupted' }, 'The last turn did not finish.'],
  [{ code: 'turn_stopped' }, 'You stopped the turn.'],
  [
    { code: 'file_damaged', lines: 2, firstLine: 7, gaps: 1, foreign: 0 },
    '2 lines of this session’s file could not be read and were skipped. The first is line 7. A message is missing between two others.',
  ],
  [
    { code: 'file_damaged', lines: 1, firstLine: 0, gaps: 0, foreign: 0 },
    '1 line of this session’s file could not be read and was skipped.',
  ],
  [
    { code: 'file_damaged', lines: 0, firstLine: 0, gaps: 3, foreign: 1 },
    'Messages are missing in 3 places. 1 record was written in another folder.',
  ],
  [{ code: 'file_damaged', lines: 0, firstLine: 0, gaps: 0, foreign: 2 }, '2 records were written in another folder.'],
  [{ code: 'commands_stopped', count: 1, names: ['npm test'] }, 'Gantry ended unexpectedly. 1 command was stopped: npm test'],
  [{ code: 'commands_stopped', count: 3, names: ['a', 'b'] }, 'Gantry ended unexpectedly. 3 commands were stopped: a, b, and 1 more'],
  [{ code: 'servers_starting', names: ['a'] }, 'The MCP server a is not ready yet. Its tools appear when it is.'],
  [{ code: 'servers_starting', names: ['a', 'b'] }, 'The MCP servers a, b are not ready yet. Their tools appear when they are.'],
  [{ code: 'time_limit', seconds: 1.5 }, 'Stopped after 1.5 s, the limit of model.maxWallTimeSeconds in the settings.'],
  [{ code: 'time_limit', seconds: 90 }, 'Stopped after 90 s, the limit of model.maxWallTimeSeconds in the settings.'],
  [{ code: 'request_limit', requests: 1 }, 'Stopped after 1 request to the model, which is the limit of this run.'],
  [{ code: 'request_limit', requests: 7 }, 'Stopped after 7 requests to the model, which is the limit of this run.'],
  [{ code: 'memory_left_out', count: 1 }, 'One import or memory file was not read.'],
  [{ code: 'memory_left_out', count: 2 }, '2 imports or memory files were not read.'],
  [{ code: 'steps_left_out', count: 3 }, '3 more steps are not in the file.'],
  [{ code: 'steps_left_out', count: 1 }, '1 more step is not in the file.'],
  [
    {
      code: 'tasks_reported',
      reports: [
        { name: 'npm start', end: { code: 'exited', exitCode: 0 } },
        { name: 'make', end: { code: 'failed', failure: { code: 'signal', signal: 9 }, reason: 'from the host' } },
        { name: 'x', end: { code: 'failed', reason: 'No such shell' } },
        { name: 'look', end: { code: 'done' } },
        { name: 'b', end: { code: 'stopped' } },
        { name: 'c', end: { code: 'interrupted' } },
      ],
    },
    'npm start ended: exited 0\nmake ended: terminated by signal 9 (SIGKILL)\nx ended: no such shell\nlook ended: done\nb ended: stopped\nc ended: stopped when Gantry ended',
  ],
  [
    {
      code: 'tasks_reported',
      reports: [
        { name: 'errors', lines: { count: 2, dropped: 3 } },
        { name: 'errors', lines: { count: 1, dropped: 0 }, end: { code: 'exited', exitCode: 1 } },
        { name: 'errors', lines: { count: 1, dropped: 0 }, end: { code: 'line_limit', lines: 5 } },
        { name: 'errors', end: { code: 'idle', seconds: 1.5 } },
      ],
    },
    'errors: 2 lines (3 more in the output file only)\nerrors: 1 line; ended: exited 1\nerrors: 1 line; stopped at its limit of 5 lines\nerrors: stopped after 1.5 s without output',
  ],
  [{ code: 'compacted' }, 'Earlier conversation was summarized to free context.'],
  [
    { code: 'compacted', tokens: { before: 90_000, after: 1200 }, kept: { prompts: 2, steps: false, files: 1 } },
    'Earlier conversation was summarized: 90,000 → 1,200 tokens. Kept: the summary, the last 2 prompts with what followed, the paths of 1 file. The whole conversation can still be read here.',
  ],
  [
    { code: 'compacted', kept: { prompts: 1, steps: false, files: 0 } },
    'Earlier conversation was summarized to free context. Kept: the summary, the last prompt with what followed. The whole conversation can still be read here.',
  ],
  [
    { code: 'compacted', kept: { prompts: 0, steps: true, files: 2 } },
    'Earlier conversation was summarized to free context. Kept: the summary, the last steps of the running turn, the paths of 2 files. The whole conversation can still be read here.',
  ],
  [
    { code: 'compacted', kept: { prompts: 0, steps: false, files: 0 } },
    'Earlier conversation was summarized to free context. Kept: the summary. The whole conversation can still be read here.',
  ],
  [
    { code: 'compaction_failed', problem: { code: 'empty' }, isAsked: true },
    'The conversation could not be summarized and was not changed: The model sent no summary.',
  ],
  [
    { code: 'compaction_failed', problem: { code: 'other', message: 'Acme is busy.' }, isAsked: false },
    'The conversation could not be summarized and was not changed: Acme is busy. To try again, use /compress.',
  ],
  [
    {
      code: 'files_unread',
      files: [
        { path: '.env', cause: { code: 'secret' } },
        { path: 'a.bin', cause: { code: 'binary', group: 'other' } },
        { path: 'b.ico', cause: { code: 'binary', group: 'image' } },
        { path: 'c.png', cause: { code: 'too_large', megabytes: 10 } },
        { path: 'd', cause: { code: 'other', message: 'EIO: broken' } },
      ],
    },
    '@.env was not read: files like this contain keys or passwords.\n@a.bin was not read: it is a binary file, not text.\n@b.ico was not read: it is an image, not text.\n@c.png was not read: it is larger than 10 MB.\n@d was not read: EIO: broken',
  ],
  [{ code: 'hook_continued', message: 'go on' }, 'A hook continued the turn: go on'],
  [{ code: 'hook_commented', message: 'format' }, 'A hook’s message about these calls: format'],
  [{ code: 'turn_stopped_by_hook', reason: 'enough' }, 'A hook stopped the turn: enough'],
  [{ code: 'subagent_stopped_by_hook', reason: 'enough' }, 'A hook stopped a subagent: enough'],
  [
    { code: 'rules_not_saved', rules: ['Bash(a)'], reason: 'No space.' },
    'The rule Bash(a) could not be saved, so the answer applies to this call only. No space.',
  ],
  [{ code: 'turn_not_started', reason: 'Error: x' }, 'The turn could not start: Error: x'],
])('the text of %j is %j', (content, text) => {
  expect(noticeText({ text: 'from the host', content })).toBe(text);
});

test('the detail of unread files and the answer of a command are texts of the window', () => {
  const detail = 'from the host';
  expect(noticeDetail({ content: { code: 'files_unread', files: [] }, detail })).toBe('The agent can read it with its own tools.');
  expect(noticeDetail({ content: { code: 'compacted' }, detail })).toBe(detail);
  expect(noticeDetail({ content: { code: 'command_answer' }, detail })).toBe(detail);
  expect(noticeDetail({ content: { code: 'command_answer', answer: { code: 'no_tasks' } }, detail })).toBe('No background tasks.');
  expect(noticeDetail({ content: undefined, detail: undefined })).toBeUndefined();
});
