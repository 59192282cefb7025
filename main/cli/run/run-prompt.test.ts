import { expect, test } from 'vitest';
import {
  defined,
  type HostEvent,
  ItemId,
  ProjectId,
  ProjectSummary,
  SessionId,
  TaskSummary,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../../engine/index.ts';
import type { EngineScript } from '../../test/support/fake-engine.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { parseCommandLine } from '../args/args.ts';
import { createJsonWriter } from '../output/json-writer.ts';
import type { OutputWriter } from '../output/output-writer.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { createTextWriter } from '../output/text-writer.ts';
import { projectOpener } from './open-session.ts';
import { answer, endTurn, engineOf, healthySettings, project, SESSION, sessionId, snapshot } from './run.fixture.ts';
import { runPrompt } from './run-prompt.ts';
import type { RunLimits } from './turn-outcome.ts';

const startTurn: HostEvent = {
  event: 'turn.started',
  data: { sessionId, seq: 1, turn: { id: TurnId.parse('t'), phase: 'preparing', startedAtMs: 0 } },
};
const backgroundTask = (status: TaskSummary['status']): TaskSummary =>
  TaskSummary.parse({
    id: 'bg_00000001',
    sessionId: SESSION,
    command: 'sleep 100',
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status,
    startedAtMs: 0,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
  });

const WRITERS: Record<string, (write: (text: string) => void) => OutputWriter> = {
  text: createTextWriter,
  json: createJsonWriter,
  'stream-json': createStreamJsonWriter,
};

/** Starts a run whose engine answers the prompt with `events`; a function may do more when it is called. */
function start(
  argv: string[],
  events: readonly HostEvent[] = [],
  script: EngineScript = {},
  unattendedRetry = true,
  limits: RunLimits = {},
) {
  const args = parseCommandLine(argv);
  if (args.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(args)}`);
  const calls: unknown[][] = [];
  const fake = engineOf({
    ...script,
    projects: { open: async (...given) => (calls.push(['open', ...given]), project), ...script.projects },
    sessions: {
      create: async (...given) => (calls.push(['create', ...given]), snapshot),
      ...script.sessions,
    },
    session: (id) => ({
      prompt: async (text) => {
        calls.push(['prompt', id, text]);
        for (const event of events) fake.emit(event);
        return {};
      },
      ...script.session?.(id),
    }),
  });
  const out: string[] = [];
  const said: string[] = [];
  const clock = createManualClock(0);
  const controller = new AbortController();
  const run = {
    engine: fake.engine,
    args,
    prompt: args.prompt ?? '',
    limits: {
      ...defined({ maxTurns: args.maxSessionTurns, maxToolCalls: args.maxToolCalls }),
      ...limits,
    },
    cwd: '/p',
    openProject: projectOpener({ engine: fake.engine, args, cwd: '/p' }),
    version: '1.2.3',
    clock,
    writer: (WRITERS[args.outputFormat ?? 'text'] ?? createTextWriter)((text) => void out.push(text)),
    say: (line: string) => void said.push(line),
    unattendedRetry,
  };
  return { done: runPrompt(run, controller.signal), out, said, calls, clock, fake, abort: () => controller.abort() };
}

test('text mode prints the last answer and nothing else', async () => {
  const { done, out, said } = start(['hi'], [answer('first'), answer('second'), endTurn()]);
  expect([await done, out, said]).toEqual([0, ['second\n'], []]);
});

test('a turn that reached its time limit ends with 55 and no result', async () => {
  const limits = { maxWallTimeMs: 90_000 };
  const { done, out, said } = start(['-o', 'stream-json', 'hi'], [endTurn({ end: 'cancelled', durationMs: 90_040 })], {}, true, limits);
  expect(await done).toBe(55);
  expect(out.map((line) => JSON.parse(line).type)).toEqual(['system']);
  expect(said).toEqual(['Run aborted: wall-time budget of 90s exceeded (--max-wall-time); observed 90s.']);
});

test('a limit in the settings is printed with its number', async () => {
  const { done, said } = start(['hi'], [endTurn({ end: 'max_turns' })], {}, true, { maxTurns: 7 });
  expect(await done).toBe(53);
  expect(said[0]).toContain('7 requests');
});

test('a list that leaves no tools is reported', async () => {
  const script = { sessions: { create: async () => ({ ...snapshot, toolNames: [] }) } };
  const { done, said } = start(['--core-tools', 'nosuch', 'hi'], [answer('x'), endTurn()], script);
  await done;
  expect(said).toEqual([expect.stringContaining('--core-tools')]);
});

test('the folder is opened once', async () => {
  const { done, calls } = start(['hi'], [answer('x'), endTurn()]);
  await done;
  expect(calls.filter(([name]) => name === 'open')).toHaveLength(1);
});

test('json mode prints one array: init, messages, result with stats', async () => {
  const { done, out } = start(['-o', 'json', 'hi'], [answer('Hello'), endTurn()]);
  expect(await done).toBe(0);
  const messages: unknown = JSON.parse(out.join(''));
  expect(messages).toEqual([
    {
      type: 'system',
      subtype: 'init',
      uuid: expect.any(String),
      session_id: SESSION,
      cwd: '/p',
      tools: ['glob'],
      mcp_servers: [],
      model: 'm',
      permission_mode: 'default',
      slash_commands: ['help'],
      qwen_code_version: '1.2.3',
      agents: ['Explore'],
    },
    expect.objectContaining({ type: 'assistant' }),
    {
      type: 'result',
      subtype: 'success',
      is_error: false,
      uuid: expect.any(String),
      session_id: SESSION,
      duration_ms: 30,
      duration_api_ms: 20,
      num_turns: 1,
      result: 'Hello',
      usage: { input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 4, total_tokens: 12 },
      permission_denials: [],
      stats: expect.objectContaining({
        models: {
          m: {
            api: { totalRequests: 1, totalErrors: 0, totalLatencyMs: 20 },
            tokens: { prompt: 10, candidates: 2, total: 12, cached: 4, thoughts: 0 },
            bySource: {},
          },
        },
      }),
    },
  ]);
});

test('stream-json prints one message per line, and no stats', async () => {
  const { done, out } = start(['-o', 'stream-json', 'hi'], [answer('Hello'), endTurn()]);
  expect(await done).toBe(0);
  expect(out.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  const messages = out.map((line): { type: string } => JSON.parse(line));
  expect(messages.map(({ type }) => type)).toEqual(['system', 'assistant', 'result']);
  expect(messages.at(-1)).not.toHaveProperty('stats');
});

test.each<[string, string[], string]>([
  ['text', [], '[API Error: 401 wrong key]'],
  ['stream-json', ['system', 'result'], '[API Error: 401 wrong key]'],
])('a failed turn in %s mode is an error and exit 1', async (format, types, line) => {
  const error = { code: 'auth_failed', message: '401 wrong key' } as const;
  const { done, out, said } = start(['-o', format, 'hi'], [endTurn({ end: 'failed', error })]);
  expect(await done).toBe(1);
  expect(out.map((text) => JSON.parse(text).type)).toEqual(types);
  expect(said).toEqual([line]);
});

test('a failed turn in json mode is printed on both outputs', async () => {
  const error = { code: 'auth_failed', message: '401 wrong key' } as const;
  const { done, out, said } = start(['-o', 'json', 'hi'], [endTurn({ end: 'failed', error })]);
  expect(await done).toBe(1);
  const message = '[API Error: 401 wrong key]';
  expect(JSON.parse(out.join('')).at(-1)).toMatchObject({ subtype: 'error_during_execution', is_error: true, error: { message } });
  expect(JSON.parse(said.join(''))).toEqual({ error: { type: 'AlreadyReportedError', message, code: 1 } });
});

test.each<[string, Partial<TurnResult>, number, string]>([
  ['a limit of turns', { end: 'max_turns' }, 53, 'FatalTurnLimitedError'],
  ['a tool budget', { end: 'failed', error: { code: 'tool_limit_reached', message: 'x' } }, 55, 'FatalBudgetExceededError'],
])('%s ends without a result', async (_name, end, code, type) => {
  const { done, out, said } = start(['-o', 'json', '--max-session-turns', '1', '--max-tool-calls', '2', 'hi'], [answer('x'), endTurn(end)]);
  expect([await done, out]).toEqual([code, []]);
  expect(JSON.parse(said.join(''))).toMatchObject({ error: { type, code } });
});

test('the tool budget message contains the words that scripts search for', async () => {
  const { done, said } = start(
    ['--max-tool-calls', '0', 'hi'],
    [endTurn({ end: 'failed', error: { code: 'tool_limit_reached', message: 'x' } })],
  );
  await done;
  expect(said).toEqual(['Run aborted: tool-call budget of 0 exceeded (--max-tool-calls); observed 0.']);
});

test.each(['no_model', 'missing_api_key', 'endpoint_untrusted', 'settings_broken'] as const)('%s is exit 52', async (code) => {
  const { done, said } = start(['hi'], [], { sessions: { create: async () => Promise.reject(new EngineError(code, 'the reason')) } });
  expect([await done, said]).toEqual([52, ['the reason']]);
});

test('refused calls are listed in the result and reported with the flag', async () => {
  const denied = [{ toolCallId: ItemId.parse('c1'), toolName: 'write_file', input: { file_path: 'a' } }];
  const { done, out, said } = start(['-o', 'json', 'hi'], [answer('I could not.'), endTurn({ denied })]);
  expect(await done).toBe(0);
  expect(JSON.parse(out.join('')).at(-1)).toMatchObject({
    permission_denials: [{ tool_name: 'write_file', tool_use_id: 'c1', tool_input: { file_path: 'a' } }],
  });
  expect(said).toEqual([expect.stringMatching(/write_file.*--allowed-tools write_file or --approval-mode auto-edit or --yolo/)]);
});

test('the flags reach the session', async () => {
  const argv = ['-m', 'q', '-y', '--allowed-tools', 'edit', '--max-session-turns', '3', '--max-tool-calls', '4', '--system-prompt', 's'];
  const more = ['--append-system-prompt', 'a', '--session-id', SESSION, '--trust', '--include-directories', '/q', 'hi'];
  const { done, calls } = start([...argv, ...more], [endTurn()]);
  await done;
  expect(calls).toEqual([
    ['open', '/p', { remember: false, trust: true }],
    [
      'create',
      'p',
      {
        unattended: true,
        answersQuestions: false,
        allowedTools: ['edit'],
        extraFolders: ['/q'],
        sessionId: SESSION,
        model: { modelId: 'q' },
        mode: 'yolo',
        systemPrompt: 's',
        appendSystemPrompt: 'a',
        maxTurns: 3,
        maxToolCalls: 4,
        acceptsAnyModel: false,
        onToolResult: expect.any(Function),
        sendsUnknownCommands: true,
      },
    ],
    ['prompt', SESSION, 'hi'],
  ]);
});

test('--continue uses the newest session, or starts one and reports that', async () => {
  const opened: unknown[] = [];
  const open = async (_project: unknown, id: unknown) => (opened.push(id), snapshot);
  const list = async () => [snapshot.summary];
  expect(await start(['-c', 'hi'], [endTurn()], { sessions: { open, list } }).done).toBe(0);
  expect(opened).toEqual([SESSION]);
  const none = start(['-c', 'hi'], [endTurn()], { sessions: { list: async () => [] } });
  expect(await none.done).toBe(0);
  expect(none.said).toEqual([expect.stringContaining('no session to continue')]);
});

test('--resume finds a session by its title or the beginning of its id, and lists the latest if no session is named', async () => {
  const sessions = [{ ...snapshot.summary, title: 'Mend the parser' }];
  const opened: unknown[] = [];
  const script = { sessions: { list: async () => sessions, open: async (_project: unknown, id: unknown) => (opened.push(id), snapshot) } };
  for (const wanted of ['mend the parser', SESSION.slice(0, 6)])
    expect(await start(['-r', wanted, 'hi'], [endTurn()], script).done).toBe(0);
  expect(opened).toEqual([SESSION, SESSION]);
  const none = start(['hi', '-r'], [endTurn()], script);
  expect(await none.done).toBe(1);
  expect(none.said.join('\n')).toMatch(/^--resume needs a session.*\n {2}3f2b8c1e.*Mend the parser$/);
});

test.each([
  [[], {}],
  [['--session-id', 'bbbbbbbb-0d4a-4c6e-9f7b-1a2b3c4d5e6f'], { newId: 'bbbbbbbb-0d4a-4c6e-9f7b-1a2b3c4d5e6f' }],
])('--fork-session with %j uses a copy', async (flags, asked) => {
  const opened: unknown[] = [];
  const copied: unknown[] = [];
  const copy = { ...snapshot.summary, id: SessionId.parse('aaaaaaaa-0d4a-4c6e-9f7b-1a2b3c4d5e6f') };
  const { done } = start(['-r', SESSION, '--fork-session', ...flags, 'hi'], [endTurn()], {
    sessions: {
      branch: async (...given) => (copied.push(given), { session: copy }),
      open: async (_project: unknown, id: unknown) => (opened.push(id), snapshot),
    },
  });
  expect(await done).toBe(0);
  expect([copied, opened]).toEqual([[['p', SESSION, asked]], [copy.id]]);
});

test('an unknown session is exit 1', async () => {
  const open = async () => Promise.reject(new EngineError('session_unknown', 'No session x.'));
  const { done, said } = start(['-r', SESSION, 'hi'], [], { sessions: { open } });
  expect([await done, said]).toEqual([1, ['No session x.']]);
});

test('a session that another program holds is not written', async () => {
  const held = { ...snapshot, heldBy: { pid: 42, host: 'Gantry app' } };
  const { done, said, calls } = start(['-r', SESSION, 'hi'], [], { sessions: { open: async () => held } });
  expect(await done).toBe(1);
  expect(said).toEqual([
    'This session is open in another program (Gantry app, process 42). Close it there, or work on a copy: --fork-session.',
  ]);
  expect(calls.map(([name]) => name)).not.toContain('prompt');
});

test('a session whose program has ended is taken over, with one line', async () => {
  const left = { ...snapshot, tookOverFrom: { pid: 42, host: 'desktop' } };
  const { done, said } = start(['-r', SESSION, 'hi'], [endTurn()], { sessions: { open: async () => left } });
  expect(await done).toBe(0);
  expect(said).toEqual(['Took over the session from a program that has ended (desktop, process 42).']);
});

test('an untrusted folder that contains settings or instructions is reported', async () => {
  const open = async () =>
    ProjectSummary.parse({ ...project, id: ProjectId.parse('p'), trust: 'unknown', projectFiles: ['.qwen/settings.json'] });
  const { done, said } = start(['hi'], [endTurn()], { projects: { open } });
  await done;
  expect(said).toEqual([expect.stringMatching(/\.qwen\/settings\.json.*--trust/)]);
});

test('a long wait for the next attempt prints a line every 30 seconds', async () => {
  const { done, said, clock, fake } = start(['hi']);
  const waiting: HostEvent = {
    event: 'turn.changed',
    data: {
      sessionId,
      seq: 2,
      turn: {
        id: TurnId.parse('t'),
        phase: 'retrying',
        startedAtMs: 0,
        retry: { atMs: 75_500, attempt: 3, reason: '429', capacityAttempt: 2 },
      },
    },
  };
  await Promise.resolve(); // the prompt is sent after the session is open
  await new Promise((resolve) => setImmediate(resolve));
  fake.emit(waiting);
  clock.advance(30_000);
  fake.emit(waiting); // repeated while it lasts
  clock.advance(30_000);
  clock.advance(30_000);
  fake.emit(endTurn());
  await done;
  expect(said).toEqual([
    '[qwen-code] Waiting for API capacity... attempt 2, retry in 46s',
    '[qwen-code] Waiting for API capacity... attempt 2, retry in 16s',
  ]);
});

test('an attended run prints once why and how long it waits', async () => {
  const { done, said, fake } = start(['hi'], [], {}, false);
  const retry = { atMs: 1_500, attempt: 2, reason: 'x.test could not be reached.' };
  const waiting: HostEvent = {
    event: 'turn.changed',
    data: { sessionId, seq: 2, turn: { id: TurnId.parse('t'), phase: 'retrying', startedAtMs: 0, retry } },
  };
  await new Promise((resolve) => setImmediate(resolve)); // the prompt is sent after the session is open
  fake.emit(waiting);
  fake.emit(waiting);
  fake.emit(endTurn());
  await done;
  expect(said).toEqual(['x.test could not be reached. Trying again in 2 s (attempt 2). Ctrl+C ends the run.']);
});

test('a settings file that cannot be read is named with its line and column', async () => {
  const problems = [{ path: '/h/.qwen/settings.json', line: 3, column: 5, message: 'A comma is missing.' }];
  const { done, said } = start(['hi'], [endTurn()], { settings: { describe: async () => ({ ...healthySettings, problems }) } });
  await done;
  expect(said).toEqual([expect.stringMatching(/^\/h\/\.qwen\/settings\.json:3:5: A comma is missing\./)]);
});

test('a background task is stopped 30 seconds after the answer, and this is reported', async () => {
  let task = backgroundTask('running');
  const stop = () => {
    task = backgroundTask('cancelled');
    return task;
  };
  const { done, out, said, clock } = start(['hi'], [answer('started it'), endTurn()], { tasks: { list: () => [task], stop } });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(29_999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(out).toEqual([]);
  clock.advance(1);
  expect([await done, out]).toEqual([0, ['started it\n']]);
  expect(said).toEqual([expect.stringContaining('--background wait'), 'Stopping the background task bg_00000001: sleep 100']);
});

test('with --background wait the run waits for the end of the task and the turn that follows', async () => {
  let task = backgroundTask('running');
  const { done, out, clock, fake } = start(['--background', 'wait', 'hi'], [answer('started it'), endTurn()], {
    tasks: { list: () => [task] },
  });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(3_600_000);
  task = backgroundTask('completed');
  fake.emit({ event: 'task.changed', data: { task } });
  for (const event of [startTurn, answer('it has ended'), endTurn()]) fake.emit(event);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(200);
  expect([await done, out]).toEqual([0, ['it has ended\n']]);
});

test('an aborted run returns without a result', async () => {
  const { done, out, abort } = start(['-o', 'json', 'hi'], [answer('half')]);
  await new Promise((resolve) => setImmediate(resolve));
  abort();
  await done;
  expect(out).toEqual([]);
});

test('a slash command is answered without a prompt, and one for the model is sent', async () => {
  const answered = start(['/tools'], [], { session: () => ({ runSlash: async () => ({ kind: 'said', text: '- glob' }) }) });
  expect(await answered.done).toBe(0);
  expect(answered.out.join('')).toContain('- glob');
  expect(answered.calls.some(([name]) => name === 'prompt')).toBe(false);
  const sent = start(['/init'], [answer('Hello'), endTurn()], { session: () => ({ runSlash: async () => ({ kind: 'prompt' }) }) });
  expect(await sent.done).toBe(0);
  expect(sent.calls.some(([name]) => name === 'prompt')).toBe(true);
});

test('a command that needs a window and an unknown command fail with a message', async () => {
  const copy = start(['/copy'], [], { session: () => ({ runSlash: async () => ({ kind: 'window', name: 'copy', args: '' }) }) });
  expect(await copy.done).toBe(1);
  expect(copy.said.join('')).toContain('/copy needs a window');
  const clear = start(['/clear'], [], { session: () => ({ runSlash: async () => ({ kind: 'window', name: 'clear', args: '' }) }) });
  expect([await clear.done, clear.out.join('')]).toEqual([0, 'Context cleared. Previous messages are no longer in context.\n']);
  const refuse = () => Promise.reject(new EngineError('command_unknown', 'There is no command /x.'));
  const unknown = start(['/x'], [], { session: () => ({ runSlash: refuse }) });
  expect(await unknown.done).toBe(1);
  expect(unknown.said.join('')).toContain('There is no command /x.');
});
