import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type McpServerDraft,
  notifies,
  type Params,
  ProjectId,
  ProjectSummary,
  type ProviderDraft,
  ProviderId,
  ProviderSummary,
  type RequestName,
  requests,
  SessionId,
} from '../../preload/contract/index.ts';
import { createFakeEngine, type EngineScript } from '../test/support/fake-engine.ts';
import type { AppPort } from './app-port.ts';
import type { Confirmation } from './confirmation.ts';
import { createConfirmRequest } from './confirm-requests.ts';
import { NOTIFY_POWERS, REQUEST_POWERS } from './request-powers.ts';

const projectId = ProjectId.parse('p1');
const sessionId = SessionId.parse('11111111-1111-4111-8111-111111111111');
const providerId = ProviderId.parse('evil');
const nothing = () => undefined;
const stays = { signal: new AbortController().signal };

const project = ProjectSummary.parse({
  id: projectId,
  path: '/home/ada/sh\u202eop',
  name: 'shop',
  trust: 'unknown',
  projectFiles: [],
  exists: true,
  openedAtMs: 1,
});
const provider = ProviderSummary.parse({
  id: providerId,
  protocol: 'openai',
  name: 'Evil',
  baseUrl: 'https://evil.test/v1',
  envKey: 'OPENAI_API_KEY',
  models: [],
  scope: 'project',
  key: { source: 'environment' },
  endpointTrusted: false,
});

const SCRIPT: EngineScript = {
  projects: { describe: async () => project },
  session: () => ({
    describe: () => ({ root: '/home/ada/shop', mode: 'default' }),
    slashMode: async (text) => (text === '/approval-mode yolo' ? 'yolo' : undefined),
  }),
  settings: { listMcpServers: async () => [{ name: 'docs', scope: 'user', transport: 'stdio', target: 'node' }] },
  providers: {
    list: async () => ({ providers: [provider], presets: [] }),
    keyNewlySent: async ({ baseUrl }) =>
      baseUrl.includes('evil') ? { variable: 'OPENAI_API_KEY', origin: 'https://evil.test' } : undefined,
  },
};

function setUp(confirm: NonNullable<AppPort['confirm']>, script: EngineScript = SCRIPT) {
  const asked: Confirmation[] = [];
  const request = createConfirmRequest({
    engine: createFakeEngine(script).engine,
    app: {
      confirm: (question, signal) => (asked.push(question), confirm(question, signal)),
      describe: () => ({ version: '1', host: 'server', platform: 'linux', homePath: '/h', canPickFolder: false, confirmsInTerminal: true }),
    },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  return { asked, request };
}

type Use = { readonly [M in RequestName]: readonly [M, Params<M>] }[RequestName];

const server: McpServerDraft = { transport: 'stdio', command: 'node', args: ['-e', 'x'], env: { NODE_OPTIONS: '1' } };
const draft: ProviderDraft = { name: 'Evil', protocol: 'openai', baseUrl: 'https://evil.test/v1', envKey: 'OPENAI_API_KEY', models: [] };
const denyRule = { list: 'deny', rule: 'Bash(rm *)', scope: 'user', path: '/s', canRevoke: true } as const;

const GRANTS: readonly (readonly [Use, string, string])[] = [
  [['project.trust', { projectId, trusted: true }], 'Trust this folder?', '/home/ada/sh[U+202E]op'],
  [['session.setMode', { sessionId, mode: 'yolo' }], 'Never ask in this session?', '/home/ada/shop'],
  [['command.run', { sessionId, text: '/approval-mode yolo' }], 'Never ask in this session?', '/home/ada/shop'],
  [['session.prompt', { sessionId, text: '/approval-mode yolo', localId: 'l' }], 'Never ask in this session?', '/home/ada/shop'],
  [['settings.setApprovalMode', { mode: 'yolo' }], 'Never ask in new sessions?', 'any command'],
  [
    ['mcp.add', { projectId, scope: 'project', name: 'new', server }],
    'Add the MCP server “new”?',
    '["node","-e","x"]\nwith the variables NODE_OPTIONS',
  ],
  [['mcp.add', { projectId, scope: 'user', name: 'docs', server }], 'Replace the MCP server “docs”?', 'For every folder'],
  [['provider.save', { draft }], 'Send the key in OPENAI_API_KEY to this address?', 'https://evil.test'],
  [['provider.trustEndpoint', { providerId, projectId }], 'Send the key in OPENAI_API_KEY to this address?', 'https://evil.test'],
  [['permission.revoke', { entry: denyRule }], 'Remove this rule?', 'Bash(rm *)'],
];

const ask = (request: ReturnType<typeof setUp>['request'], [method, params]: Use, client: Parameters<typeof request>[2] = stays) =>
  (request as (method: RequestName, params: unknown, client: unknown) => Promise<void> | undefined)(method, params, client); // each use pairs both

test('each message of the contract has a class, and each power that nothing confirms is named in SECURITY.md', () => {
  expect(Object.keys(REQUEST_POWERS).sort()).toEqual(Object.keys(requests).sort());
  expect(Object.keys(NOTIFY_POWERS).sort()).toEqual(Object.keys(notifies).sort());
  const confirmed = Object.entries(REQUEST_POWERS).flatMap(([name, power]) => (typeof power === 'function' ? [name] : []));
  expect(confirmed.sort()).toEqual([...new Set(GRANTS.map(([[method]]) => method))].sort());
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'SECURITY.md'), 'utf8');
  const powers = [...Object.entries(REQUEST_POWERS), ...Object.entries(NOTIFY_POWERS)].filter(([, power]) => power === 'power');
  expect(powers.map(([name]) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test.each(GRANTS)('%j asks outside the page, and says what it grants', async (use, message, detail) => {
  const { asked, request } = setUp(async () => true);
  await ask(request, use);
  expect(asked).toMatchObject([{ message, detail: expect.stringContaining(detail) }]);
});

test.each(GRANTS)('%j is refused unless the user confirms it', async (use) => {
  await expect(ask(setUp(async () => false).request, use)).rejects.toMatchObject({ code: 'cancelled' });
});

const HARMLESS: readonly Use[] = [
  ['project.trust', { projectId, trusted: false }],
  ['session.setMode', { sessionId, mode: 'auto-edit' }],
  ['session.prompt', { sessionId, text: 'approval-mode yolo', localId: 'l' }],
  ['settings.setApprovalMode', { mode: 'plan' }],
  ['permission.revoke', { entry: { ...denyRule, list: 'allow' } }],
];

test.each(HARMLESS.map((use) => [use] as const))('%j asks nothing, and is not delayed', (use) => {
  const { asked, request } = setUp(async () => false);
  expect(ask(request, use)).toBeUndefined();
  expect(asked).toEqual([]);
});

test('a session that never asks already, a known address and an ordinary command ask nothing', async () => {
  const { asked, request } = setUp(async () => false, {
    ...SCRIPT,
    session: () => ({ describe: () => ({ root: '/r', mode: 'yolo' }), slashMode: async () => undefined }),
  });
  await ask(request, ['session.setMode', { sessionId, mode: 'yolo' }]);
  await ask(request, ['session.prompt', { sessionId, text: '/help', localId: 'l' }]);
  await ask(request, ['provider.save', { draft: { ...draft, baseUrl: 'https://api.openai.com/v1' } }]);
  expect(asked).toEqual([]);
});

test('one question is open at a time, and the next one can be asked when it is answered', async () => {
  const answers: ((isGranted: boolean) => void)[] = [];
  const { asked, request } = setUp(() => new Promise((resolve) => answers.push(resolve)));
  const use: Use = ['settings.setApprovalMode', { mode: 'yolo' }];
  const first = ask(request, use);
  await expect(ask(request, use)).rejects.toMatchObject({ code: 'cancelled', message: expect.stringContaining('Another') });
  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.(true);
  await first;
  const third = ask(request, use);
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(true);
  await third;
  expect(asked).toHaveLength(2);
});

test('a host that leaves it to the page asks nothing, however many requests come at once', () => {
  const { engine } = createFakeEngine(SCRIPT);
  const describe = () => ({ version: '1', host: 'server', platform: 'linux', homePath: '/h', canPickFolder: false }) as const;
  const request = createConfirmRequest({
    engine,
    app: { describe },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  expect(GRANTS.map(([use]) => ask(request, use))).toEqual(GRANTS.map(() => undefined));
});

test('the page learns that it has to wait for the terminal, and a client that leaves takes its question along', async () => {
  const left = new AbortController();
  const heard: string[] = [];
  const { request } = setUp((_question, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(true))));
  const work = ask(request, ['settings.setApprovalMode', { mode: 'yolo' }], { signal: left.signal, asked: () => heard.push('asked') });
  await expect.poll(() => heard).toEqual(['asked']);
  left.abort();
  await expect(work).rejects.toMatchObject({ code: 'cancelled' });
});
