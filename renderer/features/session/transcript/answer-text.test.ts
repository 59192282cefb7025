import { expect, test } from 'vitest';
import type { CommandAnswer } from '../../../../preload/contract/index.ts';
import { answerText } from './answer-text.ts';

const STATS: Extract<CommandAnswer, { code: 'stats' }> = {
  code: 'stats',
  turns: 2,
  prompts: 3,
  answers: 4,
  calls: 5,
  failedCalls: 1,
  callsByTool: [
    { tool: 'read_file', count: 4 },
    { tool: 'edit', count: 1 },
  ],
  usedTokens: 500,
  windowTokens: 2000,
  backgroundTasks: 6,
};

test.each<[CommandAnswer, string]>([
  [
    {
      code: 'context',
      usage: {
        meter: { usedTokens: 5000, windowTokens: 20_000 },
        freeTokens: 15_000,
        compactAtTokens: 14_000,
        parts: [
          { kind: 'system', tokens: 1000, count: 1 },
          { kind: 'memory', tokens: 0, count: 0 },
          { kind: 'tools', tokens: 3000, count: 12 },
          { kind: 'messages', tokens: 1000, count: 4 },
        ],
        memoryFiles: [{ path: '/p/QWEN.md', label: 'QWEN.md', tokens: 1200 }],
        leftOut: [{ path: 'big.md', reason: 'too large' }],
      },
    },
    '- In use: 5,000 of 20,000 tokens (25 %), free: 15,000\n- System text: 1,000\n- Tools (12): 3,000\n- Messages (4): 1,000\n- `QWEN.md`: 1,200\n- Not read: `big.md`, too large\n- Automatic summary at 14,000 tokens',
  ],
  [
    {
      code: 'context',
      usage: {
        meter: { usedTokens: 50, windowTokens: 200, isEstimate: true },
        freeTokens: 150,
        parts: [{ kind: 'memory', tokens: 50, count: 2 }],
        memoryFiles: [],
        leftOut: [],
      },
    },
    '- In use: 50 of 200 tokens (25 %), by estimate, free: 150\n- Memory files (2): 50\n- Automatic summary: off',
  ],
  [{ code: 'compacted', before: 90_000, after: 1200 }, 'Summarized: 90,000 → 1,200 tokens.'],
  [{ code: 'not_compacted' }, 'Nothing changed: there is too little to summarize, or the message above gives the reason.'],
  [{ code: 'no_tasks' }, 'No background tasks.'],
  [
    { code: 'no_skills' },
    'No skills. To add one, create a folder with a SKILL.md in `.qwen/skills`, in this folder or in your home folder.',
  ],
  [{ code: 'no_memory' }, 'No memory files. To add one, create QWEN.md or AGENTS.md.'],
  [{ code: 'no_hooks' }, 'No hooks are configured.'],
  [{ code: 'no_servers' }, 'No MCP server provides tools, prompts or resources here.'],
  [{ code: 'empty_answer' }, 'The model returned an empty answer.'],
  [{ code: 'model', modelId: 'm-1' }, 'Model: m-1'],
  [{ code: 'mode', mode: 'auto-edit' }, 'Approval mode: auto-edit'],
  [{ code: 'renamed', title: 'Parser' }, 'This session is now called “Parser”.'],
  [
    STATS,
    '- Turns completed since start: 2\n- Prompts: 3, answers: 4\n- Tool calls: 5, failed or denied: 1 (read_file 4, edit 1)\n- Context: 500 of 2000 tokens\n- Background tasks: 6',
  ],
  [
    { ...STATS, calls: 0, failedCalls: 0, callsByTool: [] },
    '- Turns completed since start: 2\n- Prompts: 3, answers: 4\n- Tool calls: 0, failed or denied: 0\n- Context: 500 of 2000 tokens\n- Background tasks: 6',
  ],
  [
    { code: 'tools', tools: [{ name: 'edit', description: 'Replace text.' }], deferred: ['a', 'b'] },
    '- `edit` Replace text.\n- Available through search: `a`, `b`',
  ],
  [{ code: 'tools', tools: [{ name: 'edit', description: 'Replace text.' }], deferred: [] }, '- `edit` Replace text.'],
  [
    {
      code: 'tasks',
      tasks: [
        { id: 'bg_1', status: 'failed', exitCode: 2, command: 'make' },
        { id: 'bg_2', status: 'running', command: 'npm start' },
      ],
    },
    '- `bg_1` failed, exit code 2: make\n- `bg_2` running: npm start',
  ],
  [
    { code: 'mcp', tools: ['mcp__a__b'], prompts: ['greet'], resources: ['a:x://1'], more: 2 },
    '- `mcp__a__b`\n- prompt `/greet`\n- resource `@a:x://1`\n- and 2 resources more',
  ],
  [{ code: 'mcp', tools: [], prompts: ['greet'], resources: [], more: 0 }, '- prompt `/greet`'],
  [{ code: 'sign_in', server: 'a', url: 'https://a.test/' }, 'Sign in to a in a browser on this computer: <https://a.test/>'],
  [
    {
      code: 'prompt_help',
      name: 'trip',
      server: 'a',
      description: 'Plan a trip',
      arguments: [
        { name: 'city', isRequired: true, description: 'where to' },
        { name: 'days', isRequired: false, description: '' },
      ],
    },
    '/trip, a prompt of the MCP server a: Plan a trip\n\n- `--city="..."` required; where to\n- `--days="..."` optional\n\nWords without a name fill the required arguments in this order.',
  ],
  [
    { code: 'prompt_help', name: 'hello', server: 'a', description: '', arguments: [] },
    '/hello, a prompt of the MCP server a.\n\nIt takes no arguments.',
  ],
])('the answer %j is %j', (answer, text) => {
  expect(answerText(answer)).toBe(text);
});
