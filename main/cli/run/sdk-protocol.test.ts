/** What an SDK does over the control protocol: the run and the real engine in this process, and a scripted model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createEngineFixture, type FixtureOptions } from '../../test/support/engine-fixture.ts';
import { calls, says } from '../../test/support/scripted-model.ts';
import { parseCommandLine } from '../args/args.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { readLines } from './input-lines.ts';
import { projectOpener } from './open-session.ts';
import { runStream } from './run-stream.ts';

interface Printed {
  readonly type: string;
  readonly request_id?: string;
  readonly request?: { readonly subtype: string; readonly [field: string]: unknown };
  readonly response?: {
    readonly request_id: string;
    readonly subtype: string;
    readonly response?: Record<string, unknown>;
    readonly error?: string;
  };
  readonly [field: string]: unknown;
}

type Answerer = (request: NonNullable<Printed['request']>) => object | undefined;

/** `answers` plays the program: what it returns is sent as the response to a request of the run. */
async function start(options: FixtureOptions, answers: Answerer = () => undefined, flags: readonly string[] = []) {
  const fixture = await createEngineFixture(options);
  const args = parseCommandLine(['--input-format', 'stream-json', '-o', 'stream-json', ...flags]);
  if (args.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(args)}`);
  const out: Printed[] = [];
  const said: string[] = [];
  const lines: string[] = [];
  let isEnded = false;
  let feed = () => {};
  let wake = () => {};
  const send = (line: object) => {
    lines.push(`${JSON.stringify(line)}\n`);
    feed();
  };
  async function* input() {
    for (;;) {
      while (lines.length > 0) yield lines.shift() ?? '';
      if (isEnded) return;
      await new Promise<void>((resolve) => (feed = resolve));
    }
  }
  const writer = createStreamJsonWriter((text) => {
    const message: Printed = JSON.parse(text);
    out.push(message);
    const response = message.request === undefined ? undefined : answers(message.request);
    if (response !== undefined)
      send({ type: 'control_response', response: { subtype: 'success', request_id: message.request_id, response } });
    wake();
  });
  const { engine, root } = fixture;
  const controller = new AbortController();
  const context = { engine, args, limits: {}, openProject: projectOpener({ engine, args, cwd: root }), cwd: root, version: '1', writer };
  const done = runStream(
    {
      ...context,
      clock: createManualClock(),
      say: (line) => void said.push(line),
      unattendedRetry: false,
      lines: readLines(input(), 1_000_000),
    },
    controller.signal,
  );
  onTestFinished(async () => {
    controller.abort();
    await fixture.close();
  });
  const until = async (matches: (message: Printed) => boolean): Promise<Printed> => {
    for (;;) {
      const found = out.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  let asked = 0;
  return {
    ...fixture,
    out,
    said,
    async request(subtype: string, more: object = {}): Promise<NonNullable<Printed['response']>> {
      asked += 1;
      const request_id = `r${asked}`;
      send({ type: 'control_request', request_id, request: { subtype, ...more } });
      return (await until(({ response }) => response?.request_id === request_id)).response ?? { request_id, subtype: 'none' };
    },
    async prompt(text: string): Promise<Printed> {
      const before = out.filter(({ type }) => type === 'result').length;
      send({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content: text } });
      await until(() => out.filter(({ type }) => type === 'result').length > before);
      return out.filter(({ type }) => type === 'result').at(-1) ?? { type: 'none' };
    },
    async end(): Promise<number> {
      isEnded = true;
      feed();
      return await done;
    },
    /** The text of the last tool result that the model read. */
    result: (): string => {
      const message = fixture.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool');
      return message?.role === 'tool' ? (message.results[0]?.text ?? '') : '';
    },
  };
}

const allow = (updatedInput: object) => ({ behavior: 'allow', updatedInput });
const write = (name: string) => calls({ id: 'c1', name: 'write_file', input: { file_path: join('/nowhere', name), content: 'x' } });

test('a changed input runs in place of the first one, and the model learns of it', async () => {
  let root = '';
  const run = await start({ answers: [write('a.txt'), says('done')] }, ({ subtype, input }) =>
    subtype === 'can_use_tool' ? allow({ ...(input as object), file_path: join(root, 'b.txt'), content: 'changed' }) : undefined,
  );
  root = run.root;
  await run.request('initialize');
  expect(await run.prompt('go')).toMatchObject({ subtype: 'success', permission_denials: [] });
  expect([existsSync(join(root, 'b.txt')), existsSync('/nowhere/a.txt')]).toEqual([true, false]);
  expect(run.result()).toMatch(/^The user changed the arguments of this call to \{.*b\.txt/);
  expect(await run.end()).toBe(0);
});

test('a changed input is judged like any other: deny rules, plan mode and protected files keep their say', async () => {
  const settings = JSON.stringify({ permissions: { deny: ['Bash(rm *)', 'Edit(secret/**)'] } });
  const shell = calls({ id: 'c1', name: 'run_shell_command', input: { command: 'touch made', description: 'd', is_background: false } });
  const inputs: object[] = [{ command: 'rm -rf made', description: 'd', is_background: false }, { command: 5 }];
  const run = await start(
    { answers: [shell, says('one'), shell, says('two')], files: { '.qwen/settings.json': settings } },
    ({ subtype }) => (subtype === 'can_use_tool' ? allow(inputs.shift() ?? {}) : undefined),
  );
  await run.request('initialize');
  await run.prompt('go');
  expect(run.result()).toContain('Your rule Bash(rm *) refuses this');
  await run.prompt('again');
  expect(run.result()).toContain('Invalid arguments for run_shell_command');
  expect(existsSync(join(run.root, 'made'))).toBe(false);
});

test('hooks before a call get the changed input too', async () => {
  const guard = { type: 'command', command: 'grep -q theirs && { echo "not theirs" >&2; exit 2; }; exit 0' };
  const settings = JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'run_shell_command', hooks: [guard] }] } });
  const shell = calls({ id: 'c1', name: 'run_shell_command', input: { command: 'touch ours', description: 'd', is_background: false } });
  const run = await start({ answers: [shell, says('done')], files: { '.qwen/settings.json': settings } }, ({ subtype }) =>
    subtype === 'can_use_tool' ? allow({ command: 'touch theirs', description: 'd', is_background: false }) : undefined,
  );
  await run.request('initialize');
  await run.prompt('go');
  expect(run.result()).toContain('A hook refused it: not theirs');
  expect([existsSync(join(run.root, 'ours')), existsSync(join(run.root, 'theirs'))]).toEqual([false, false]);
});

test.each<[string, object, string, string]>([
  ['allows it', { behavior: 'allow' }, 'The user agreed to the plan; the mode is now default.', 'default'],
  ['wants another', { behavior: 'deny', message: 'shorter' }, 'plan mode stays on. The user says: shorter', 'plan'],
])('a plan is shown to the program, which %s', async (_name, answer, expected, mode) => {
  const present = calls({ id: 'c1', name: 'exit_plan_mode', input: { plan: 'First this, then that.' } });
  const run = await start(
    { answers: [present, says('done'), says('more')] },
    ({ subtype, tool_name }) => (subtype === 'can_use_tool' && tool_name === 'exit_plan_mode' ? answer : undefined),
    ['--approval-mode', 'plan'],
  );
  await run.request('initialize');
  await run.prompt('go');
  expect(run.result()).toContain(expected);
  await run.prompt('again');
  expect(run.out.findLast(({ subtype }) => subtype === 'init')).toMatchObject({ permission_mode: mode });
});

const question = { question: 'Which one?', header: 'Pick', options: [{ label: 'Red' }, { label: 'Blue' }] };

test.each<[string, object, string]>([
  ['a label', allow({ questions: [question], answers: { 0: 'Blue' } }), '- Which one? Blue'],
  ['other words', allow({ answers: { 'Which one?': 'green' } }), '- Which one? in their own words: green'],
  ['nothing', { behavior: 'deny', message: 'no' }, 'The user did not want to answer'],
])('a question of the agent reaches the program, which answers with %s', async (_name, answer, expected) => {
  const asks = calls({ id: 'c1', name: 'ask_user_question', input: { questions: [question] } });
  const run = await start({ answers: [asks, says('done')] }, ({ subtype }) => (subtype === 'can_use_tool' ? answer : undefined));
  await run.request('initialize');
  await run.prompt('go');
  expect(run.out.find(({ request }) => request?.subtype === 'can_use_tool')?.request).toMatchObject({
    tool_name: 'ask_user_question',
    tool_use_id: 'c1',
    input: { questions: [question] },
  });
  expect(run.result()).toContain(expected);
});

test('a program that did not begin with initialize is not asked questions', async () => {
  const asks = calls({ id: 'c1', name: 'ask_user_question', input: { questions: [question] } });
  const run = await start({ answers: [asks, says('done')] });
  await run.prompt('go');
  expect(run.result()).toContain('This run is unattended');
});

/** A server inside the program, like those of the SDK's `createSdkMcpServer`. */
function answerMcp(message: { id?: number; method: string; params?: Record<string, unknown> }): object {
  const results: Record<string, object> = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'calc', version: '1' },
      instructions: 'Sums \u202eonly.',
    },
    'tools/list': { tools: [{ name: 'sum', description: 'Adds', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: `sum of ${JSON.stringify(message.params?.['arguments'])}` }] },
  };
  return { mcp_response: { jsonrpc: '2.0', id: message.id ?? 0, result: results[message.method] ?? {} } };
}

test('tools of a server inside the program are offered and called without a question, unless a rule denies them', async () => {
  const settings = JSON.stringify({ permissions: { deny: ['mcp__calc__secret'] } });
  const sum = calls({ id: 'c1', name: 'mcp__calc__sum', input: { a: 1, b: 2 } });
  const run = await start(
    { answers: [sum, says('done')], files: { '.qwen/settings.json': settings } },
    ({ subtype, server_name, message }) =>
      subtype === 'mcp_message' && server_name === 'calc' ? answerMcp(message as Parameters<typeof answerMcp>[0]) : undefined,
  );
  const initialized = await run.request('initialize', { sdkMcpServers: { key: { type: 'sdk', name: 'calc' } } });
  expect(initialized.response).toMatchObject({ capabilities: { can_handle_mcp_message: true } });
  expect(await run.prompt('go')).toMatchObject({ subtype: 'success', permission_denials: [] });
  expect(run.out.find(({ subtype }) => subtype === 'init')).toMatchObject({
    tools: expect.arrayContaining(['mcp__calc__sum']),
    mcp_servers: [{ name: 'calc', status: 'connected' }],
  });
  expect(run.result()).toContain('sum of {"a":1,"b":2}');
  expect(run.model.requests[0]?.system).toContain('How to use calc, in its own words:\nSums only.');
  expect((await run.request('mcp_server_status')).response).toMatchObject({ status: { calc: 'connected' } });
});

test('a server inside the program that answers nonsense fails alone', async () => {
  const run = await start({ answers: [says('done')] }, ({ subtype }) =>
    subtype === 'mcp_message' ? { mcp_response: 'nonsense' } : undefined,
  );
  await run.request('initialize', { sdkMcpServers: { bad: {} } });
  expect(await run.prompt('go')).toMatchObject({ subtype: 'success', result: 'done' });
  expect(run.said.join('\n')).toContain('The MCP server bad is not used.');
});

test('agents of the program are offered to the model and run with their own prompt', async () => {
  const delegate = calls({ id: 'c1', name: 'agent', input: { description: 'd', prompt: 'look', subagent_type: 'critic' } });
  const run = await start({ answers: [delegate, says('It is fine.'), says('done')] }, undefined, ['-y']);
  await run.request('initialize', {
    agents: [{ name: 'critic', description: 'Finds faults', systemPrompt: 'You are a critic.', tools: ['read_file'] }, { name: 'a/b' }],
  });
  await run.prompt('go');
  expect(JSON.stringify(run.model.requests[0]?.tools)).toContain('Finds faults');
  expect(run.model.requests[1]?.system).toContain('You are a critic.');
  expect(run.model.requests[1]?.tools.map(({ name }) => name)).toEqual(['read_file']);
  expect(run.result()).toContain('It is fine.');
  expect(run.out.find(({ subtype }) => subtype === 'init')).toMatchObject({ agents: expect.arrayContaining(['critic']) });
  expect(run.said).toEqual([expect.stringContaining('Agent 2 of the program cannot be used')]);
});

test('the mode auto is the mode auto-edit, and an unknown one is an error', async () => {
  const run = await start({});
  await run.request('initialize');
  expect(await run.request('set_permission_mode', { mode: 'auto' })).toMatchObject({ subtype: 'success', response: { mode: 'auto-edit' } });
  expect(await run.request('set_permission_mode', { mode: 'nonsense' })).toMatchObject({ subtype: 'error' });
  expect(run.said.join('\n')).toContain('auto');
});

test('any model id and five efforts can be set', async () => {
  const run = await start({ answers: [says('done')] });
  await run.request('initialize');
  expect(await run.request('set_model', { model: 'a-new-one' })).toMatchObject({ subtype: 'success', response: { model: 'a-new-one' } });
  expect(await run.request('set_effort', { effort: 'xhigh' })).toMatchObject({
    subtype: 'success',
    response: { subtype: 'set_effort', effort: 'xhigh', applied: true, override: null },
  });
  expect(await run.request('set_effort', { effort: 'enormous' })).toMatchObject({
    subtype: 'error',
    error: 'Invalid effort value. Supported: low, medium, high, xhigh, max',
  });
  await run.prompt('go');
  expect(run.model.wanted.at(-1)).toMatchObject({ modelId: 'a-new-one' });
});

test('the use of the context has its parts', async () => {
  const run = await start({ answers: [says('done')] });
  await run.request('initialize');
  await run.prompt('go');
  const { response } = await run.request('get_context_usage', { show_details: true });
  expect(response).toMatchObject({
    subtype: 'get_context_usage',
    totalTokens: expect.any(Number),
    contextWindowSize: 100_000,
    isEstimated: false,
    showDetails: true,
    breakdown: {
      systemPrompt: expect.any(Number),
      builtinTools: expect.any(Number),
      mcpTools: 0,
      messages: expect.any(Number),
      currentTier: 'safe',
    },
    builtinTools: expect.arrayContaining([{ name: 'read_file', tokens: expect.any(Number) }]),
    mcpTools: [],
  });
  expect((await run.request('get_context_usage')).response).toMatchObject({ showDetails: false, builtinTools: [] });
});

test('what sessions have used is counted by model and by day', async () => {
  const run = await start({ answers: [says('done')] });
  await run.request('initialize');
  await run.prompt('go');
  await run.request('interrupt'); // an error, because no turn runs: everything before it is in the file
  const { response } = await run.request('get_usage_info', { range: 'week' });
  expect(response).toMatchObject({
    subtype: 'get_usage_info',
    range: 'week',
    summary: { requests: 1, sessions: 1, inputTokens: 100, outputTokens: 20, cacheReadRate: 0.4 },
    models: [{ model: 'scripted-1', totalTokens: 120, share: 1 }],
    heatmapDays: 183,
  });
  expect(response?.['daily']).toHaveLength(8);
  expect((await run.request('get_usage_info', { range: 'nonsense' })).response).toMatchObject({ range: 'today' });
});

test('/clear begins a new session in the same run', async () => {
  const run = await start({ answers: [says('one'), says('two')] });
  await run.request('initialize');
  const first = await run.prompt('first');
  expect(await run.prompt('/clear')).toMatchObject({ result: 'Context cleared. Previous messages are no longer in context.' });
  const second = await run.prompt('second');
  expect(second['session_id']).not.toBe(first['session_id']);
  expect(run.model.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(['user']);
});
