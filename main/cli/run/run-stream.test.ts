import { expect, test } from 'vitest';
import {
  type ApprovalDecision,
  type HostEvent,
  ItemId,
  ProviderSummary,
  type ToolItem,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../../engine/index.ts';
import type { EngineScript } from '../../test/support/fake-engine.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { parseCommandLine } from '../args/args.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { readLines } from './input-lines.ts';
import { projectOpener } from './open-session.ts';
import { answer, approval, endTurn, engineOf, SESSION, sessionId, snapshot } from './run.fixture.ts';
import { runStream } from './run-stream.ts';

/** A program on one side, a scripted engine on the other; `next` returns what is printed. */
function start(script: EngineScript = {}, flags: string[] = []) {
  const args = parseCommandLine(['--input-format', 'stream-json', '-o', 'stream-json', ...flags]);
  if (args.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(args)}`);
  const calls: unknown[][] = [];
  const prompts: string[] = [];
  const fake = engineOf({
    ...script,
    sessions: {
      create: async (...given) => (calls.push(['create', ...given]), snapshot),
      ...script.sessions,
    },
    session: (id) => ({
      prompt: async (text) => {
        prompts.push(text);
        fake.emit({ event: 'turn.started', data: { sessionId, seq: 1, turn: { id: turnOf(text), phase: 'preparing', startedAtMs: 0 } } });
        return { turnId: turnOf(text) };
      },
      work: { cancel: () => fake.emit(endOf(prompts.at(-1) ?? '', { end: 'cancelled' })) },
      setMode: (...given) => void calls.push(['setMode', id, ...given]),
      setModel: (...given) => void calls.push(['setModel', id, ...given]),
      approvals: { resolve: (...given) => void calls.push(['approvals.resolve', id, ...given]) },
      ...script.session?.(id),
    }),
  });
  const out: Record<string, unknown>[] = [];
  const said: string[] = [];
  let wake = () => {};
  const lines: string[] = [];
  let isEnded = false;
  let feed = () => {};
  async function* input() {
    for (;;) {
      while (lines.length > 0) yield lines.shift() ?? '';
      if (isEnded) return;
      await new Promise<void>((resolve) => (feed = resolve));
    }
  }
  const controller = new AbortController();
  const writer = createStreamJsonWriter((text) => {
    out.push(JSON.parse(text));
    wake();
  });
  const clock = createManualClock();
  const context = {
    engine: fake.engine,
    args,
    limits: {},
    openProject: projectOpener({ engine: fake.engine, args, cwd: '/p' }),
    cwd: '/p',
    version: '1.2.3',
    clock,
    writer,
    say: (line: string) => void said.push(line),
  };
  const done = runStream({ ...context, unattendedRetry: false, lines: readLines(input(), 100_000) }, controller.signal);
  let read = 0;
  return {
    done,
    out,
    said,
    calls,
    prompts,
    fake,
    clock,
    abort: () => controller.abort(),
    send(...messages: (object | string)[]) {
      lines.push(...messages.map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`));
      feed();
    },
    end() {
      isEnded = true;
      feed();
    },
    /** The next printed message that matches. */
    async next(matches: (message: Record<string, unknown>) => boolean) {
      for (;;) {
        for (; read < out.length; read += 1) {
          const message = out[read];
          if (message === undefined || !matches(message)) continue;
          read += 1;
          return message;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

const turnOf = (prompt: string) => TurnId.parse(`turn-${prompt}`);
const user = (text: string) => ({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content: text } });
const request = (id: string, subtype: string, more: object = {}) => ({
  type: 'control_request',
  request_id: id,
  request: { subtype, ...more },
});
const isType = (type: string) => (message: Record<string, unknown>) => message['type'] === type;
const success = (id: string, response: object) => ({
  type: 'control_response',
  response: { subtype: 'success', request_id: id, response },
});
const failure = (id: string, error: unknown) => ({ type: 'control_response', response: { subtype: 'error', request_id: id, error } });

const endOf = (prompt: string, part: Partial<TurnResult> = {}) => endTurn({ turnId: turnOf(prompt), ...part });

test('several prompts in sequence are answered in order, each with one init and one result', async () => {
  const run = start();
  run.send(user('one'), user('two'));
  await run.next(isType('system'));
  run.fake.emit(answer('first'));
  run.fake.emit(endOf('one'));
  expect(await run.next(isType('result'))).toMatchObject({ subtype: 'success', result: 'first', num_turns: 1 });
  await run.next(isType('system'));
  run.fake.emit(answer('second'));
  run.fake.emit(endOf('two'));
  expect(await run.next(isType('result'))).toMatchObject({ subtype: 'success', result: 'second' });
  run.end();
  expect(await run.done).toBe(0);
  expect(run.prompts).toEqual(['one', 'two']);
  expect(run.out.map(({ type }) => type)).toEqual(['system', 'assistant', 'result', 'system', 'assistant', 'result']);
});

test('the second prompt waits for the end of the first', async () => {
  const run = start();
  run.send(user('one'), user('two'));
  await run.next(isType('system'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(run.prompts).toEqual(['one']);
  run.abort();
  await run.done;
});

test('without input nothing is printed and the end is 0', async () => {
  const run = start();
  run.end();
  expect([await run.done, run.out]).toEqual([0, []]);
});

test('initialize returns the session and its capabilities', async () => {
  const run = start();
  run.send(request('r1', 'initialize', { hooks: { Stop: [{}] }, agents: [{ name: 'x' }] }));
  const capabilities = {
    can_handle_can_use_tool: true,
    can_handle_hook_callback: false,
    can_set_permission_mode: true,
    can_set_model: true,
    can_set_effort: true,
    can_get_context_usage: true,
    can_get_available_models: true,
    can_get_usage_info: true,
    can_handle_mcp_message: true,
  };
  expect(await run.next(isType('control_response'))).toEqual(success('r1', { subtype: 'initialize', session_id: SESSION, capabilities }));
  expect(run.said).toEqual([
    expect.stringContaining('Agent 1 of the program cannot be used'),
    expect.stringContaining('Hooks of the program'),
  ]);
  run.end();
  await run.done;
});

test('interrupt ends the turn with an error result, and the next prompt is answered', async () => {
  const run = start();
  run.send(user('one'));
  await run.next(isType('system'));
  await new Promise((resolve) => setImmediate(resolve));
  run.send(request('i', 'interrupt'));
  expect(await run.next(isType('result'))).toMatchObject({
    subtype: 'error_during_execution',
    is_error: true,
    error: { message: 'Operation cancelled.' },
  });
  expect(run.out).toContainEqual(success('i', { subtype: 'interrupt' }));
  run.send(user('two'));
  await run.next(isType('system'));
  run.fake.emit(endOf('two'));
  expect(await run.next(isType('result'))).toMatchObject({ subtype: 'success' });
  run.end();
  expect(await run.done).toBe(0);
});

test('mode and model are set; an unlisted model is one of the provider in use, and an unknown mode an error', async () => {
  const provider = ProviderSummary.parse({
    id: 'x',
    protocol: 'openai',
    name: 'X',
    baseUrl: 'http://h',
    models: [{ id: 'm' }, { id: 'other', contextWindowTokens: 9 }],
    scope: 'user',
    key: { source: 'none_needed' },
    endpointTrusted: true,
  });
  const run = start({ providers: { list: async () => ({ providers: [provider], presets: [] }) } });
  const replyTo = async (message: object) => (run.send(message), run.next(isType('control_response')));
  expect(await replyTo(request('a', 'set_permission_mode', { mode: 'auto-edit' }))).toEqual(
    success('a', { status: 'updated', mode: 'auto-edit' }),
  );
  expect(await replyTo(request('b', 'set_permission_mode', { mode: 'automatic' }))).toEqual(
    failure('b', 'Invalid permission mode: automatic. Valid values are: plan, default, auto-edit, yolo'),
  );
  expect(await replyTo(request('c', 'set_model', { model: 'other' }))).toEqual(success('c', { subtype: 'set_model', model: 'other' }));
  expect(await replyTo(request('d', 'set_model', { model: 'new' }))).toEqual(success('d', { subtype: 'set_model', model: 'new' }));
  expect(await replyTo(request('e', 'get_available_models'))).toMatchObject({
    response: { response: { models: [{ id: 'm' }, { id: 'other', contextWindowSize: 9 }] } },
  });
  expect(run.calls.slice(1)).toEqual([
    ['setMode', SESSION, 'auto-edit'],
    ['setModel', SESSION, { providerId: 'x', modelId: 'other' }],
    ['setModel', SESSION, { providerId: 'x', modelId: 'new' }],
  ]);
  run.end();
  await run.done;
});

test('other requests are answered, unknown ones with an error', async () => {
  const run = start();
  const replyTo = async (message: object) => (run.send(message), run.next(isType('control_response')));
  expect(await replyTo(request('a', 'supported_commands'))).toEqual(success('a', { subtype: 'supported_commands', commands: ['help'] }));
  expect(await replyTo(request('c', 'mcp_server_status'))).toEqual(success('c', { subtype: 'mcp_server_status', status: {} }));
  expect(await replyTo(request('d', 'frobnicate'))).toEqual(failure('d', 'Unknown control request subtype: frobnicate'));
  run.end();
  await run.done;
});

const toolItem: ToolItem = {
  kind: 'tool',
  id: ItemId.parse('call_1'),
  name: 'run_shell_command',
  toolKind: 'shell',
  verb: '',
  target: '',
  status: 'pending',
  startedAtMs: 0,
  display: { kind: 'none' },
  input: { command: 'echo hi' },
};
const asks: readonly HostEvent[] = [
  { event: 'item.added', data: { sessionId, seq: 2, item: toolItem } },
  { event: 'turn.changed', data: { sessionId, seq: 3, turn: { id: turnOf('one'), phase: 'running_tools', startedAtMs: 0 } } },
  { event: 'approval.requested', data: { sessionId, seq: 4, approval } },
];

test.each<[object, ApprovalDecision]>([
  [{ behavior: 'allow' }, { kind: 'allow', scope: 'once' }],
  [
    { behavior: 'deny', message: 'no' },
    { kind: 'deny', note: 'no' },
  ],
])('a permission request follows its call, and %j decides it', async (given, decision) => {
  const run = start();
  run.send(user('one'));
  await run.next(isType('system'));
  for (const event of asks) run.fake.emit(event);
  const asked = await run.next(isType('control_request'));
  expect(run.out.map(({ type }) => type)).toEqual(['system', 'assistant', 'control_request']);
  expect(asked['request']).toMatchObject({ subtype: 'can_use_tool', tool_name: 'run_shell_command', input: { command: 'echo hi' } });
  run.send({ type: 'control_response', response: { subtype: 'success', request_id: asked['request_id'], response: given } });
  await expect.poll(() => run.calls.at(-1)).toEqual(['approvals.resolve', SESSION, 'a1', 'digest', decision]);
  run.fake.emit(endOf('one'));
  run.end();
  expect(await run.done).toBe(0);
});

test('a permission request is denied after the time that the program set', async () => {
  const run = start();
  run.send(request('r1', 'initialize', { timeout: { canUseTool: 5_000 } }), user('one'));
  await run.next(isType('system'));
  for (const event of asks) run.fake.emit(event);
  const asked = await run.next(isType('control_request'));
  run.clock.advance(4_999);
  expect(run.calls.map(([name]) => name)).toEqual(['create']);
  run.clock.advance(1);
  expect(await run.next(isType('control_cancel_request'))).toMatchObject({ request_id: asked['request_id'] });
  expect(run.calls.at(-1)).toEqual([
    'approvals.resolve',
    SESSION,
    'a1',
    'digest',
    { kind: 'deny', note: 'There was no answer within 5 s.' },
  ]);
  run.fake.emit(endOf('one'));
  run.end();
  expect(await run.done).toBe(0);
});

test('the end of the input denies pending requests, and the prompts that arrived are answered', async () => {
  const run = start({
    session: () => ({
      approvals: {
        resolve: (_approval, _digest, decision) => {
          expect(decision).toMatchObject({ kind: 'deny' });
          run.fake.emit(endOf('one'));
        },
      },
    }),
  });
  run.send(user('one'));
  await run.next(isType('system'));
  for (const event of asks) run.fake.emit(event);
  run.end();
  expect(await run.done).toBe(0);
  expect(run.out.at(-1)).toMatchObject({ type: 'result', subtype: 'success' });
});

test('a prompt without a turn has a result too', async () => {
  const prompt = async () => Promise.reject(new EngineError('no_model', 'No model is configured yet.'));
  const run = start({ session: () => ({ prompt }) });
  run.send(user('one'), user(' '));
  run.end();
  expect(await run.done).toBe(0);
  expect(run.out.filter(isType('result'))).toMatchObject([
    { subtype: 'error_during_execution', error: { message: 'No model is configured yet.' } },
    { subtype: 'error_during_execution', error: { message: 'The message has no text.' } },
  ]);
  expect(run.said).toEqual(['No model is configured yet.']);
});

test('a limit ends the run with its exit code and no result', async () => {
  const run = start({}, ['--max-session-turns', '1']);
  run.send(user('one'), user('two'));
  await run.next(isType('system'));
  run.fake.emit(endOf('one', { end: 'max_turns' }));
  expect(await run.done).toBe(53);
  expect(run.prompts).toEqual(['one']);
  expect(run.out.map(({ type }) => type)).not.toContain('result');
});

test.each([
  ['not json', 'no JSON'],
  ['{"type":"frob"}', 'type'],
])('%s is reported with its line, and ends the run with 42', async (line, reason) => {
  const run = start();
  run.send(request('a', 'supported_commands'), line, user('never read'));
  expect(await run.done).toBe(42);
  expect(run.said).toEqual([expect.stringMatching(new RegExp(`^Line 2 of standard input cannot be used: .*${reason}`))]);
  expect(run.prompts).toEqual([]);
});

test('approvals are allowed, and the environment may still enable unattended retry', async () => {
  const run = start();
  run.end();
  await run.done;
  expect(run.calls[0]).toEqual(['create', 'p', expect.objectContaining({ unattended: false, unattendedRetry: true })]);
});

test('a turn that the engine starts is printed without a result', async () => {
  const run = start();
  run.send(request('a', 'supported_commands'));
  await run.next(isType('control_response'));
  run.fake.emit({ event: 'turn.started', data: { sessionId, seq: 1, turn: { id: turnOf('own'), phase: 'preparing', startedAtMs: 0 } } });
  run.fake.emit(answer('the task has ended'));
  run.fake.emit(endOf('own'));
  run.end();
  expect(await run.done).toBe(0);
  expect(run.out.map(({ type }) => type)).toEqual(['control_response', 'assistant']);
});
