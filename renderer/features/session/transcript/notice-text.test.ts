import { expect, test } from 'vitest';
import type { NoticeContent } from '../../../../preload/contract/index.ts';
import { noticeText } from './notice-text.ts';

test.each<[NoticeContent | undefined, string]>([
  [undefined, 'from the host'],
  [{ code: 'command_answer' }, 'from the host'],
  [{ code: 'turn_interrupted' }, 'The last turn did not finish.'],
  [
    { code: 'file_damaged', lines: 2, firstLine: 7, gaps: 1, foreign: 0 },
    '2 lines of this session’s file could not be read and were skipped. The first is line 7. A message is missing between two others.',
  ],
  [{ code: 'commands_stopped', count: 1, names: ['npm test'] }, 'Gantry ended unexpectedly. 1 command was stopped: npm test'],
  [{ code: 'commands_stopped', count: 3, names: ['a', 'b'] }, 'Gantry ended unexpectedly. 3 commands were stopped: a, b, and 1 more'],
  [{ code: 'servers_starting', names: ['a'] }, 'The MCP server a is not ready yet. Its tools appear when it is.'],
  [{ code: 'time_limit', seconds: 90 }, 'Stopped after 90 s, the limit of model.maxWallTimeSeconds in the settings.'],
  [{ code: 'request_limit', requests: 1 }, 'Stopped after 1 request to the model, which is the limit of this run.'],
  [{ code: 'memory_left_out', count: 2 }, '2 imports or memory files were not read.'],
  [{ code: 'steps_left_out', count: 1 }, '1 more step is not in the file.'],
])('the text of %j is %j', (content, text) => {
  expect(noticeText({ text: 'from the host', content })).toBe(text);
});
