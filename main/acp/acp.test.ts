import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calls, hangsAfter, says, type ScriptedAnswer } from '../test/support/scripted-model.ts';
import { ALLOW, createAcpFixture } from './acp.fixture.ts';

const thinksAndSays = (thinking: string, text: string): ScriptedAnswer => [{ type: 'thinking', text: thinking }, ...(says(text) as [])];

test('initialize names what the agent can do, with the fields of Qwen Code', async () => {
  const acp = await createAcpFixture();
  expect(await acp.send('initialize', { protocolVersion: 1 })).toEqual({
    protocolVersion: 1,
    agentInfo: { name: 'gantry', title: 'Gantry', version: '0.1.0' },
    authMethods: [
      {
        id: 'openai',
        name: 'Use OpenAI API key',
        description: expect.stringContaining('OPENAI_API_KEY'),
        _meta: { type: 'terminal', args: ['--auth-type=openai'] },
      },
    ],
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { image: true, audio: false, embeddedContext: true },
      sessionCapabilities: { list: {}, resume: {}, additionalDirectories: {} },
      mcpCapabilities: { http: true, sse: true },
      _meta: { imageCapability: { autoHandlesWrongModel: false, maxBytes: 5 * 1024 * 1024, maxImagesPerTurn: 10 } },
    },
  });
});

test('authenticate accepts the method that initialize names, and no other', async () => {
  const acp = await createAcpFixture();
  expect(await acp.send('authenticate', { methodId: 'openai' })).toEqual({});
  await expect(acp.send('authenticate', { methodId: 'nonsense' })).rejects.toMatchObject({
    code: -32602,
    message: 'Invalid params: Unknown authentication method: nonsense',
  });
});

test('session/new answers with modes, models and options, and the commands follow', async () => {
  const acp = await createAcpFixture();
  const made = await acp.send('session/new', { cwd: acp.engine.root, mcpServers: [] });
  expect(made).toMatchObject({
    sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    modes: {
      currentModeId: 'default',
      availableModes: ['plan', 'default', 'auto-edit', 'yolo'].map((id) => expect.objectContaining({ id })),
    },
    models: { currentModelId: 'scripted-1', availableModels: [] },
    configOptions: [
      { id: 'mode', type: 'select', category: 'mode', currentValue: 'default' },
      { id: 'model', type: 'select', category: 'model' },
    ],
  });
  await expect.poll(() => acp.ofKind('available_commands_update')).toHaveLength(1);
  const [commands] = acp.ofKind('available_commands_update');
  expect(commands?.availableCommands.map(({ name }) => name)).toEqual(expect.arrayContaining(['stats', 'compress', 'model']));
  expect(commands?._meta).toEqual({ availableSkills: [] });
});

test('a prompt streams thinking and text, reports its usage, and ends the turn', async () => {
  const acp = await createAcpFixture({ answers: [thinksAndSays('Let me think.', 'Hello there.')] });
  const id = await acp.open();
  expect(await acp.prompt(id, 'hi')).toMatchObject({
    stopReason: 'end_turn',
    _meta: { 'qwen.branchPoint': { assistantRecordUuid: expect.any(String) } },
  });
  expect(acp.text('agent_thought_chunk')).toBe('Let me think.');
  expect(acp.text('agent_message_chunk')).toBe('Hello there.');
  expect(acp.text('user_message_chunk')).toBe('');
  expect(acp.ofKind('agent_message_chunk').map(({ _meta }) => _meta?.['usage'])).toContainEqual({
    ...{ inputTokens: 100, outputTokens: 20, totalTokens: 120, thoughtTokens: 0, cachedReadTokens: 40 },
  });
  expect(acp.ofKind('usage_update').at(-1)).toMatchObject({ size: 100_000, used: expect.any(Number) });
});

test('a file that is read is a call with kind, place and arguments, and its result', async () => {
  const call = { id: 'c1', name: 'read_file', input: { file_path: 'notes.txt' } };
  const acp = await createAcpFixture({ answers: [calls(call), says('Read.')], files: { 'notes.txt': 'one\n' } });
  await acp.prompt(await acp.open(), 'read it');
  const [start] = acp.ofKind('tool_call');
  expect(start).toMatchObject({
    ...{ title: 'Read notes.txt', kind: 'read', status: 'pending', rawInput: { file_path: 'notes.txt' } },
    locations: [{ path: join(acp.engine.root, 'notes.txt'), line: null }],
    _meta: { toolName: 'read_file', provenance: 'builtin', phase: 'preparing' },
  });
  const after = acp.ofKind('tool_call_update');
  expect(after.every(({ toolCallId }) => toolCallId === start?.toolCallId)).toBe(true);
  expect(after.at(-1)).toMatchObject({ status: 'completed', content: [{ content: { text: 'one' } }], rawOutput: 'one' });
  expect(acp.asked).toEqual([]);
});

test('an edit asks with the whole file before and after, and is shown the same way when it is done', async () => {
  const answers = [
    calls({ id: 'c1', name: 'read_file', input: { file_path: 'a.txt' } }),
    calls({ id: 'c2', name: 'edit', input: { file_path: 'a.txt', old_string: 'two', new_string: '2' } }),
    says('Done.'),
  ];
  const acp = await createAcpFixture({ answers, files: { 'a.txt': 'one\ntwo\n' } });
  await acp.prompt(await acp.open(), 'change it');
  const path = join(acp.engine.root, 'a.txt');
  const diff = { type: 'diff', path, oldText: 'one\ntwo\n', newText: 'one\n2\n' };
  expect(acp.asked).toHaveLength(1);
  expect(acp.asked[0]).toMatchObject({
    options: [
      { optionId: 'proceed_always', kind: 'allow_always' },
      { optionId: 'proceed_once', kind: 'allow_once' },
      { optionId: 'cancel', kind: 'reject_once' },
    ],
    toolCall: {
      kind: 'edit',
      status: 'pending',
      locations: [{ path }],
      rawInput: { old_string: 'two' },
      content: expect.arrayContaining([diff]),
    },
  });
  expect(acp.ofKind('tool_call_update').at(-1)).toMatchObject({ status: 'completed', content: [diff] });
  expect(readFileSync(path, 'utf8')).toBe('one\n2\n');
});

test('a command asks with the rules that an answer for good writes; its output is the result', async () => {
  const call = { id: 'c1', name: 'run_shell_command', input: { command: 'echo out; touch made; exit 3', is_background: false } };
  const acp = await createAcpFixture({ answers: [calls(call), says('Ran.')] });
  await acp.prompt(await acp.open(), 'run it');
  expect(acp.asked[0]).toMatchObject({ toolCall: { title: 'echo out; touch made; exit 3', kind: 'execute' } });
  expect(acp.asked[0]?.options.map(({ optionId }) => optionId)).toEqual(expect.arrayContaining(['proceed_once', 'cancel']));
  expect(acp.ofKind('tool_call_update').at(-1)).toMatchObject({
    status: 'failed',
    rawOutput: { type: 'shell_result', output: 'out', exitCode: 3, directory: acp.engine.root },
  });
});

test('what a command has printed so far is shown while it runs', async () => {
  const command = 'echo first; while [ ! -e go ]; do sleep 0.05; done; echo last';
  const call = { id: 'c1', name: 'run_shell_command', input: { command, is_background: false } };
  const acp = await createAcpFixture({ answers: [calls(call), says('Ran.')] });
  const done = acp.prompt(await acp.open(), 'run it');
  const shown = () =>
    acp
      .ofKind('tool_call_update')
      .filter(({ status, content }) => status === 'in_progress' && JSON.stringify(content ?? '').includes('first'));
  await expect.poll(() => shown().length).toBeGreaterThan(0);
  writeFileSync(join(acp.engine.root, 'go'), '');
  await done;
  expect(acp.ofKind('tool_call_update').at(-1)).toMatchObject({ status: 'completed', rawOutput: { output: 'first\nlast' } });
});

test('a summary that was asked for is announced and reported', async () => {
  const acp = await createAcpFixture({ answers: [says('One.'), says('A summary.')] });
  const id = await acp.open();
  await acp.prompt(id, 'first');
  await acp.prompt(id, '/compress');
  const phases = acp
    .ofKind('agent_message_chunk')
    .flatMap(({ _meta }) => (_meta?.['contextCompression'] as { phase?: string } | undefined)?.phase ?? []);
  expect(phases).toEqual(['progress', expect.stringMatching(/^(?:done|noop)$/)]);
});

test('a rejected call does not run, and the turn goes on', async () => {
  const call = { id: 'c1', name: 'write_file', input: { file_path: 'new.txt', content: 'x' } };
  const answer = () => ({ outcome: { outcome: 'selected', optionId: 'cancel' } });
  const acp = await createAcpFixture({ answers: [calls(call), says('Not written.')], answer });
  expect(await acp.prompt(await acp.open(), 'write it')).toMatchObject({ stopReason: 'end_turn' });
  expect(acp.ofKind('tool_call_update').at(-1)).toMatchObject({ status: 'failed' });
  expect(() => readFileSync(join(acp.engine.root, 'new.txt'))).toThrow('ENOENT');
});

test.each([
  ['an option that was not offered', { outcome: { outcome: 'selected', optionId: 'proceed_always_user' } }],
  ['another shape', { outcome: 'selected', optionId: 'proceed_once' }],
  ['nothing', {}],
])('an answer with %s denies the call', async (_name, answer) => {
  const call = { id: 'c1', name: 'write_file', input: { file_path: 'new.txt', content: 'x' } };
  const acp = await createAcpFixture({ answers: [calls(call), says('No.')], answer: () => answer });
  await acp.prompt(await acp.open(), 'write it');
  expect(() => readFileSync(join(acp.engine.root, 'new.txt'))).toThrow('ENOENT');
});

test('"Allow All Edits" allows the next edit too', async () => {
  const write = (id: string, name: string) => calls({ id, name: 'write_file', input: { file_path: name, content: 'x' } });
  const answer = () => ({ outcome: { outcome: 'selected', optionId: 'proceed_always' } });
  const acp = await createAcpFixture({ answers: [write('c1', 'a'), write('c2', 'b'), says('Done.')], answer });
  await acp.prompt(await acp.open(), 'write both');
  expect(acp.asked).toHaveLength(1);
  expect(readFileSync(join(acp.engine.root, 'b'), 'utf8')).toBe('x');
});

const QUESTION = {
  question: 'Which one?',
  header: 'Choice',
  options: [
    { label: 'A', description: 'first' },
    { label: 'B', description: '' },
  ],
};

test('a question of the agent has a button for each choice', async () => {
  const call = { id: 'c1', name: 'ask_user_question', input: { questions: [QUESTION] } };
  const answer = () => ({ outcome: { outcome: 'selected', optionId: 'choice_1' } });
  const acp = await createAcpFixture({ answers: [calls(call), says('B it is.')], answer });
  await acp.prompt(await acp.open(), 'ask me');
  expect(acp.asked[0]).toMatchObject({
    options: [{ name: 'A' }, { name: 'B' }, { optionId: 'proceed_once' }, { optionId: 'cancel' }],
    toolCall: { title: 'Which one?', kind: 'think', _meta: { qwenInteractionKind: 'user_question', toolName: 'ask_user_question' } },
  });
  expect(JSON.stringify(acp.engine.model.requests.at(-1)?.messages)).toContain('Which one? B');
});

test("a question takes the answers of Qwen Code's clients, all at once", async () => {
  const second = { ...QUESTION, question: 'And this?', multiSelect: true };
  const call = { id: 'c1', name: 'ask_user_question', input: { questions: [QUESTION, second] } };
  const answer = () => ({ ...ALLOW, answers: { '0': 'something else', '1': 'A, B' } });
  const acp = await createAcpFixture({ answers: [calls(call), says('Thanks.')], answer });
  await acp.prompt(await acp.open(), 'ask me');
  expect(acp.asked).toHaveLength(1);
  const sent = JSON.stringify(acp.engine.model.requests.at(-1)?.messages);
  expect(sent).toContain('Which one? in their own words: something else');
  expect(sent).toContain('And this? A, B');
});

test('a finished plan is presented, and the mode that the user chooses is announced', async () => {
  const call = { id: 'c1', name: 'exit_plan_mode', input: { plan: '# The plan' } };
  const answer = () => ({ outcome: { outcome: 'selected', optionId: 'proceed_always' } });
  const acp = await createAcpFixture({ answers: [calls(call), says('Going on.')], answer });
  const id = await acp.open();
  expect(await acp.send('session/set_mode', { sessionId: id, modeId: 'plan' })).toEqual({});
  await acp.prompt(id, 'plan it');
  expect(acp.asked[0]).toMatchObject({ toolCall: { kind: 'switch_mode', content: [{ content: { text: '# The plan' } }] } });
  expect(acp.asked[0]?.options.map(({ optionId, kind }) => [optionId, kind])).toEqual([
    ['proceed_always', 'allow_always'],
    ['proceed_once', 'allow_once'],
    ['cancel', 'reject_once'],
  ]);
  expect(acp.ofKind('current_mode_update').map(({ currentModeId }) => currentModeId)).toEqual(['plan', 'auto-edit']);
  expect(acp.notices).toContainEqual({
    method: 'qwen/notify/session/mode-update',
    params: { v: 1, sessionId: id, currentModeId: 'auto-edit' },
  });
});

test("the agent's list is the editor's plan", async () => {
  const todos = [
    { id: '1', content: 'First', status: 'in_progress' },
    { id: '2', content: 'Second', status: 'pending' },
  ];
  const acp = await createAcpFixture({ answers: [calls({ id: 'c1', name: 'todo_write', input: { todos } }), says('Planned.')] });
  await acp.prompt(await acp.open(), 'plan');
  expect(acp.ofKind('plan')).toEqual([
    expect.objectContaining({
      entries: [
        expect.objectContaining({ content: 'First', status: 'in_progress', priority: 'medium' }),
        expect.objectContaining({ content: 'Second', status: 'pending', priority: 'medium' }),
      ],
    }),
  ]);
  expect(acp.ofKind('tool_call')).toEqual([]);
});

test('cancel ends the prompt as cancelled, and withdraws a question to the user', async () => {
  const acp = await createAcpFixture({ answers: [hangsAfter('Begun')] });
  const id = await acp.open();
  const running = acp.prompt(id, 'work');
  await expect.poll(() => acp.text('agent_message_chunk')).toBe('Begun');
  await acp.connection.agent.notify('session/cancel', { sessionId: id });
  expect(await running).toMatchObject({ stopReason: 'cancelled' });
});

test('a prompt that waits behind another one is answered by its own turn', async () => {
  const acp = await createAcpFixture({ answers: [hangsAfter('First'), says('Second')] });
  const id = await acp.open();
  const first = acp.prompt(id, 'one');
  await expect.poll(() => acp.text('agent_message_chunk')).toBe('First');
  const second = acp.prompt(id, 'two');
  await acp.engine.until('queue.changed', ({ queue }) => queue.length === 1);
  acp.engine.engine.sessions.get(id as never).work.cancel();
  expect(await first).toMatchObject({ stopReason: 'cancelled' });
  expect(await second).toMatchObject({ stopReason: 'end_turn' });
  expect(acp.text('agent_message_chunk')).toBe('FirstSecond');
});

test('a slash command runs, and its answer is marked', async () => {
  const acp = await createAcpFixture();
  const id = await acp.open();
  expect(await acp.prompt(id, '/model')).toEqual({ stopReason: 'end_turn' });
  expect(acp.ofKind('agent_message_chunk')).toEqual([
    expect.objectContaining({ content: { type: 'text', text: expect.stringContaining('scripted-1') }, _meta: { source: 'slash_command' } }),
  ]);
});

test('the model and the mode are chosen by request, in both forms of the protocol', async () => {
  const settings = {
    modelProviders: {
      openai: [
        { id: 'm1', baseUrl: 'http://127.0.0.1:9/v1' },
        { id: 'm2', baseUrl: 'http://127.0.0.1:9/v1' },
      ],
    },
  };
  const acp = await createAcpFixture({ files: { '.qwen/settings.json': JSON.stringify(settings) } });
  const id = await acp.open();
  expect(await acp.send('session/set_model', { sessionId: id, modelId: 'm2(openai)' })).toMatchObject({
    _meta: { qwenModelSwitch: { authType: 'openai', modelId: 'm2', baseUrl: 'http://127.0.0.1:9/v1', isRuntime: false } },
  });
  expect(await acp.send('session/set_config_option', { sessionId: id, configId: 'model', value: 'm1' })).toMatchObject({
    configOptions: [{ id: 'mode' }, { id: 'model', currentValue: 'm1(openai)' }],
  });
  expect(await acp.send('session/set_config_option', { sessionId: id, configId: 'mode', value: 'plan' })).toMatchObject({
    configOptions: [{ id: 'mode', currentValue: 'plan' }, {}],
  });
  expect(acp.ofKind('config_option_update').at(-1)?.configOptions[0]).toMatchObject({ currentValue: 'plan' });
});

test.each([
  ['session/set_mode', { modeId: 'nonsense' }, 'Invalid params: Unknown approval mode: nonsense'],
  ['session/set_config_option', { configId: 'nonsense', value: 'x' }, 'Invalid params: Unsupported configId: nonsense'],
  ['session/set_model', { modelId: 'nonsense' }, expect.stringContaining('Unknown model: nonsense')],
])('%s refuses what it does not know', async (method, params, message) => {
  const acp = await createAcpFixture();
  const sessionId = await acp.open();
  await expect(acp.send(method, { sessionId, ...params })).rejects.toMatchObject({ code: -32602, message });
});

test('a session is listed, and loading it replays its rows with times and record ids', async () => {
  const call = { id: 'c1', name: 'read_file', input: { file_path: 'notes.txt' } };
  const first = await createAcpFixture({
    answers: [thinksAndSays('Hm.', 'Reading.'), calls(call), says('Read.')],
    files: { 'notes.txt': 'one\n' },
  });
  const id = await first.open();
  await first.prompt(id, 'first prompt');
  await first.prompt(id, 'second prompt');
  const second = await createAcpFixture({ on: first.engine });
  expect(await second.send('session/list', { cwd: first.engine.root })).toMatchObject({
    sessions: [
      {
        sessionId: id,
        cwd: first.engine.root,
        title: 'first prompt',
        updatedAt: expect.any(String),
        _meta: { preview: 'first prompt', startTime: expect.any(String) },
      },
    ],
  });
  const loaded = await second.send('session/load', { sessionId: id, cwd: first.engine.root, mcpServers: [] });
  expect(loaded).toMatchObject({ modes: { currentModeId: 'default' }, models: {}, configOptions: [{ id: 'mode' }, { id: 'model' }] });
  expect(second.ofKind('user_message_chunk').map(({ content }) => content)).toEqual([
    { type: 'text', text: 'first prompt' },
    { type: 'text', text: 'second prompt' },
  ]);
  expect(second.text('agent_thought_chunk')).toBe('Hm.');
  expect(second.text('agent_message_chunk')).toBe('Reading.Read.');
  expect(second.ofKind('tool_call')).toMatchObject([{ kind: 'read', _meta: { toolName: 'read_file', timestamp: expect.any(Number) } }]);
  expect(second.ofKind('tool_call_update')).toMatchObject([{ status: 'completed' }]);
  const path = join(first.engine.root, 'notes.txt');
  expect(second.ofKind('tool_call')).toMatchObject([{ rawInput: { file_path: path }, locations: [{ path }] }]);
  expect(await second.send('qwen/session/loadUpdates', { sessionId: id, cwd: first.engine.root })).toMatchObject({
    updates: [{ sessionUpdate: 'user_message_chunk', timestamp: expect.any(Number) }, {}, {}, {}, {}, {}, {}],
  });
  expect(
    second.updates
      .filter(({ sessionUpdate }) => sessionUpdate.endsWith('_chunk'))
      .every(({ _meta }) => typeof _meta?.['qwen.session.recordId'] === 'string'),
  ).toBe(true);
});

test('resume answers like load, without the rows', async () => {
  const first = await createAcpFixture({ answers: [says('One.'), says('Two.')] });
  const id = await first.open();
  await first.prompt(id, 'first');
  const second = await createAcpFixture({ on: first.engine });
  expect(await second.send('session/resume', { sessionId: id, cwd: first.engine.root, mcpServers: [] })).toMatchObject({
    modes: {},
    configOptions: [{}, {}],
  });
  expect(second.text('agent_message_chunk')).toBe('');
  expect(await second.prompt(id, 'again')).toMatchObject({ stopReason: 'end_turn' });
  expect(second.text('agent_message_chunk')).toBe('Two.');
});

test('two clients on one session see the same turn, and the first answer closes the question of the other', async () => {
  const call = { id: 'c1', name: 'write_file', input: { file_path: 'new.txt', content: 'x' } };
  const first = await createAcpFixture({ answers: [calls(call), says('Written.')], answer: () => new Promise(() => undefined) });
  const id = await first.open();
  const second = await createAcpFixture({ on: first.engine, answer: () => new Promise(() => undefined) });
  await second.send('session/load', { sessionId: id, cwd: first.engine.root, mcpServers: [] }).catch(() => undefined);
  const done = first.prompt(id, 'write it');
  await first.engine.answerNext({ kind: 'allow', scope: 'once' });
  expect(await done).toMatchObject({ stopReason: 'end_turn' });
  expect(readFileSync(join(first.engine.root, 'new.txt'), 'utf8')).toBe('x');
});

test.each([
  ['session/prompt', { prompt: [{ type: 'text', text: 'x' }] }, -32603, 'Session not found: nope'],
  ['session/set_mode', { modeId: 'plan' }, -32602, 'Invalid params: Session not found for id: nope'],
  ['session/load', { mcpServers: [] }, -32002, expect.stringContaining('nope')],
  ['session/resume', { mcpServers: [] }, -32002, expect.stringContaining('nope')],
  ['session/fork', {}, -32601, expect.stringContaining('session/fork')],
  ['session/close', {}, -32601, expect.stringContaining('session/close')],
  ['session/delete', {}, -32601, expect.stringContaining('session/delete')],
  ['logout', {}, -32601, expect.stringContaining('logout')],
  ['providers/list', {}, -32601, expect.stringContaining('providers/list')],
  ['qwen/settings/getMcpServers', {}, -32601, expect.stringContaining('getMcpServers')],
])('%s for an unknown session or of an unknown name is refused with its code', async (method, params, code, message) => {
  const acp = await createAcpFixture();
  await expect(acp.send(method, { sessionId: 'nope', cwd: acp.engine.root, ...params })).rejects.toMatchObject({ code, message });
});

test('a failure of the model is the answer to the prompt, with what to do', async () => {
  const acp = await createAcpFixture();
  const id = await acp.open();
  await expect(acp.prompt(id, 'hi')).rejects.toMatchObject({
    code: -32603,
    message: expect.stringContaining('the script has no further answer'),
  });
  expect(acp.text('agent_message_chunk')).toBe('');
});
