import { expect, test } from 'vitest';
import { type McpServerSummary, ProjectId } from '../../../preload/contract/index.ts';
import { createFakeEngine } from '../../test/support/fake-engine.ts';
import { awaitServers, formatStatuses, serverStatuses } from './mcp-status.ts';

const P = ProjectId.parse('p');
const summary = (name: string, given: Partial<McpServerSummary>): McpServerSummary => ({
  name,
  scope: 'user',
  transport: 'stdio',
  target: 'x',
  status: 'ready',
  isTrusted: false,
  isSignedIn: false,
  tools: [],
  toolsLeftOut: 0,
  prompts: [],
  resourceCount: 0,
  ...given,
});
const READY = summary('files', { tools: [{ name: 'read', fullName: 'mcp__files__read', description: '' }] });
const BROKEN = summary('db', { status: 'failed', error: 'It ended.', remedy: 'Restart it.' });

test('a run waits for the servers, reports their states, and names the unusable ones', async () => {
  const order: string[] = [];
  const said: string[] = [];
  const { engine } = createFakeEngine({
    mcp: { ready: async () => void order.push('ready'), list: async () => (order.push('list'), [READY, BROKEN]) },
  });
  const found = await awaitServers({ engine, say: (line) => said.push(line) }, P, new AbortController().signal);
  expect(order).toEqual(['ready', 'list']);
  expect(found).toEqual({
    statuses: [
      { name: 'files', status: 'connected' },
      { name: 'db', status: 'disconnected' },
    ],
    toolNames: ['mcp__files__read'],
  });
  expect(said).toEqual(['The MCP server db is not used. It ended. Restart it.']);
  expect(await serverStatuses(engine, P)).toEqual({ files: 'connected', db: 'disconnected' });
});

test('an interrupted run stops waiting', async () => {
  const { engine } = createFakeEngine({ mcp: { ready: () => new Promise(() => undefined), list: async () => [BROKEN] } });
  const controller = new AbortController();
  const said: string[] = [];
  const waiting = awaitServers({ engine, say: (line) => said.push(line) }, P, controller.signal);
  controller.abort();
  expect((await waiting).statuses).toHaveLength(1);
  expect(said).toEqual([]);
});

test('states are listed one per line', () => {
  expect(formatStatuses([READY, BROKEN])).toBe('files  ready   1 tool, 0 prompts, 0 resources\ndb     failed  It ended. Restart it.\n');
  expect(formatStatuses([])).toContain('No MCP servers');
});
