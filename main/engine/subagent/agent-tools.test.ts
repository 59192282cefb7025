import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import type { ToolResult } from '../tool/tool.ts';
import { type AgentRun, createAgentTool } from './agent-tools.ts';
import type { Agent } from './agents.ts';
import { defined } from '../../../preload/contract/index.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

const agent = (name: string, overrides: Partial<Agent> = {}): Agent => ({
  name,
  description: `does ${name}`,
  systemPrompt: 'Work.',
  disallowedTools: [],
  isBackground: false,
  scope: 'user',
  ...overrides,
});
const AGENTS = [agent('general-purpose'), agent('watcher', { isBackground: true })];

function setUp(known: readonly Agent[] = AGENTS) {
  const begun: [string, AgentRun][] = [];
  const result: ToolResult = { text: 'done', display: { kind: 'none' }, isError: false, summary: 'done' };
  const tool = createAgentTool(
    {
      list: async () => known,
      run: async (request) => (begun.push(['foreground', request]), result),
      start: async (request) => (begun.push(['background', request]), result),
    },
    known,
  );
  const call = (input: { subagent_type?: string; run_in_background?: boolean }) =>
    tool.execute({ description: 'd', prompt: 'p', ...input }, workspace.context, never);
  return { tool, begun, call };
}

test.each([
  ['general-purpose', undefined, 'foreground'],
  ['general-purpose', false, 'foreground'],
  ['general-purpose', true, 'background'],
  ['watcher', undefined, 'background'],
  ['watcher', true, 'background'],
  ['watcher', false, 'foreground'],
] as const)('%s with run_in_background %s works in the %s', async (subagent_type, run_in_background, placement) => {
  const { begun, call } = setUp();
  await call({ subagent_type, ...defined({ run_in_background }) });
  expect(begun).toEqual([[placement, { agent: AGENTS.find(({ name }) => name === subagent_type), description: 'd', prompt: 'p' }]]);
});

test('an unknown type is answered with the available ones, both before the approval and when it runs', async () => {
  const { tool, begun, call } = setUp();
  const refusal = 'There is no subagent "missing". There are: general-purpose, watcher.';
  const input = { description: 'd', prompt: 'p', subagent_type: 'missing' };
  expect(await tool.preview(input, workspace.context)).toEqual({ ok: false, refusal });
  expect(await call({ subagent_type: 'missing' })).toMatchObject({ isError: true, text: refusal });
  expect(begun).toEqual([]);
});

test('the description lists as many as fit, and says that there are others', () => {
  const many = Array.from({ length: 100 }, (_, at) => agent(`agent-${at}`, { description: 'x'.repeat(500) }));
  const { description } = setUp(many).tool;
  expect(description).toContain(`- agent-0: ${'x'.repeat(160)}\n`);
  expect(description.endsWith('- and others')).toBe(true);
  expect(description.length).toBeLessThan(2000);
  expect(setUp().tool.description).not.toContain('others');
});
