import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import type { ModelRequest, StreamEvent } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import type { ScriptedAnswer } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

const DONE: StreamEvent = { type: 'done', reason: 'stop' };
type Reply = string | readonly { readonly name: string; readonly input: Record<string, unknown> }[] | 'hang';
let ids = 0;
/** Requests that hung and were ended. */
let released = 0;

/** Answers depend on the prompt, because several agents send requests at the same time. */
function answersBy(reply: (request: ModelRequest, said: string) => Reply | Promise<Reply>): ScriptedAnswer {
  return async function* answer(request, signal) {
    const last = request.messages.at(-1);
    const said = last?.role === 'user' ? last.text : last?.role === 'tool' ? last.results.map(({ text }) => text).join('\n') : '';
    const given = await reply(request, said);
    if (given === 'hang') {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      released += 1;
      yield { type: 'error', error: { code: 'cancelled', message: 'cancelled' } };
    } else if (typeof given === 'string') {
      yield { type: 'text', text: given };
      yield DONE;
    } else {
      for (const call of given) yield { type: 'tool_call', call: { id: `call-${(ids += 1)}`, ...call } };
      yield { type: 'done', reason: 'tool_calls' };
    }
  };
}

function toEvents(answer: ScriptedAnswer, request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamEvent> | readonly StreamEvent[] {
  return typeof answer === 'function' ? answer(request, signal) : answer;
}

async function fixtureWith(reply: Parameters<typeof answersBy>[0], options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ ...options, answers: Array.from({ length: 40 }, () => answersBy(reply)) });
  open.push(fixture);
  return fixture;
}

const ask = (prompt: string, more = {}) => ({ name: 'agent', input: { description: `d ${prompt}`, prompt, ...more } });
const isMain = ({ system }: ModelRequest) => system.includes('You are Gantry');

test('a subagent has its own context, and its last message is the result', async () => {
  const fixture = await fixtureWith(
    (request, said) => {
      if (said === 'go') return [ask('look around')];
      if (said === 'look around') return [{ name: 'list_directory', input: { path: fixture.root } }];
      return isMain(request) ? 'all done' : 'I found a.txt';
    },
    { files: { 'a.txt': 'x' } },
  );
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  const [main, first, second, last] = fixture.model.requests;
  expect(first?.messages).toEqual([{ role: 'user', text: 'look around' }]);
  expect(first?.system).not.toContain('You are Gantry');
  expect(first?.tools.map(({ name }) => name)).not.toContain('todo_write');
  expect(second?.messages).toHaveLength(3);
  expect(JSON.stringify(last?.messages.at(-1))).toContain('I found a.txt');
  expect(JSON.stringify(last?.messages)).not.toContain('list_directory');
  expect(main?.tools.find(({ name }) => name === 'agent')?.description).toContain('Explore');
  const items = await fixture.items(id);
  const call = items.find((item) => item.kind === 'tool' && item.name === 'agent');
  expect(items.filter((item) => item.parentId === call?.id).map(({ kind }) => kind)).toEqual(['user', 'tool', 'assistant']);
});

const shown = async (fixture: EngineFixture, id: SessionId) =>
  (await fixture.items(id)).map((item) => ({
    kind: item.kind,
    id: item.id,
    parentId: item.parentId,
    status: item.kind === 'tool' && item.status,
  }));

test('after a restart its rows are under its call, and the model reads only its last message', async () => {
  const fixture = await fixtureWith((request, said) => {
    if (said === 'go') return [ask('look around')];
    if (said === 'look around') return [{ name: 'list_directory', input: { path: fixture.root } }];
    return isMain(request) ? 'all done' : 'I found a.txt';
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const before = await shown(fixture, id);
  expect(before.filter(({ parentId }) => parentId !== undefined)).toHaveLength(3);
  const record = fixture.records(id).find((each) => JSON.stringify(each).includes('task_execution'));
  expect(record?.['toolCallResult']).toMatchObject({
    resultDisplay: {
      subagentName: 'general-purpose',
      status: 'completed',
      result: 'I found a.txt',
      executionSummary: { totalToolCalls: 1 },
    },
  });
  await fixture.engine.close();
  const second = await fixture.second(answersBy(() => 'again'));
  open.push(second);
  const reopened = await shown(second, id);
  expect(reopened.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(before.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  await second.run(id, 'and now');
  const read = JSON.stringify(second.model.requests[0]?.messages);
  expect(read).toContain('I found a.txt');
  expect(read).not.toContain('list_directory');
});

test('rows written before the app was killed are shown under the call', async () => {
  const fixture = await fixtureWith((_request, said) => {
    if (said === 'go') return [ask('look around')];
    return said === 'look around' ? [{ name: 'list_directory', input: { path: fixture.root } }] : 'hang';
  });
  const id = await newSession(fixture);
  void fixture.run(id, 'go');
  await vi.waitFor(() => expect(fixture.model.requests).toHaveLength(3));
  const file = readFileSync(fixture.sessionFile(id));
  await fixture.engine.close();
  writeFileSync(fixture.sessionFile(id), file);
  const second = await fixture.second();
  open.push(second);
  const rows = await second.items(id);
  expect(rows.filter(({ parentId }) => parentId !== undefined).map(({ kind }) => kind)).toEqual(['user', 'tool']);
  expect(rows.find((item) => item.kind === 'tool' && item.name === 'agent')).toMatchObject({ status: 'cancelled' });
});

const USAGE = { inputTokens: 100, outputTokens: 10, cachedTokens: 5, thinkingTokens: 1 };

test("its usage is part of its session's turn, and in the file for Qwen Code's statistics", async () => {
  const counted: ScriptedAnswer = async function* counts(request, signal) {
    for await (const event of toEvents(
      answersBy((_request, said) => (said === 'go' ? [ask('one'), ask('two')] : 'done')),
      request,
      signal,
    )) {
      if (event.type === 'done') yield { type: 'usage', usage: USAGE };
      yield event;
    }
  };
  const fixture = await createEngineFixture({ answers: Array.from({ length: 4 }, () => counted) });
  open.push(fixture);
  const id = await newSession(fixture);
  const result = await fixture.run(id, 'go');
  expect(fixture.model.requests).toHaveLength(4);
  expect(result.usage).toEqual({ inputTokens: 400, outputTokens: 40, cachedTokens: 20, thinkingTokens: 4 });
  const responses = fixture.records(id).filter((record) => JSON.stringify(record).includes('qwen-code.api_response'));
  expect(responses).toHaveLength(4);
});

test('a foreground subagent is stopped alone, and the agent continues with its result', async () => {
  const fixture = await fixtureWith((_request, said) => (said === 'go' ? [ask('wait'), ask('quick')] : said === 'wait' ? 'hang' : 'done'));
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const { task } = await fixture.until('task.changed', (data) => data.task.agent?.description === 'd wait');
  expect(task).toMatchObject({ placement: 'foreground', wasBackground: false, toolCallId: expect.any(String) });
  await vi.waitFor(() => expect(fixture.model.requests).toHaveLength(3));
  fixture.engine.tasks.stop(task.id, { force: false, by: 'user' });
  expect((await turn).end).toBe('completed');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages.at(-1))).toContain('The subagent was stopped');
  expect(fixture.engine.tasks.list(id)).toEqual([]);
  expect(fixture.model.requests).toHaveLength(4);
});

test('commands of a background subagent are listed with its name', async () => {
  const fixture = await fixtureWith((request, said) => {
    if (said === 'go') return [ask('run it', { run_in_background: true })];
    if (said === 'run it') return [{ name: 'run_shell_command', input: { command: 'cat' } }];
    return isMain(request) ? 'noted' : 'ran it';
  });
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'go');
  const { task } = await fixture.until('task.changed', (data) => data.task.command === 'cat' && data.task.status === 'running');
  const agent = fixture.engine.tasks.list(id).find((each) => each.agent !== undefined);
  expect(task).toMatchObject({ ofAgent: agent?.id, placement: 'foreground' });
  fixture.engine.tasks.write(task.id, '\u0004');
  await fixture.until('task.changed', (data) => data.task.id === agent?.id && data.task.status === 'completed');
});

test('several subagents of one answer work at the same time', async () => {
  let working = 0;
  let release = () => undefined as void;
  const both = new Promise<void>((resolve) => (release = resolve));
  const fixture = await fixtureWith(async (_request, said) => {
    if (said === 'go') return [ask('one'), ask('two')];
    if (said !== 'one' && said !== 'two') return 'done';
    working += 1;
    if (working === 2) release();
    await both;
    return `answer of ${said}`;
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages.at(-1))).toMatch(/answer of one[\s\S]*answer of two/);
});

test("a file defines a subagent with its prompt, tools and limits; the project's hides the user's, and one of an untrusted folder is unknown", async () => {
  const file = '---\nname: tester\ndescription: Runs the tests\ntools: [read_file, glob]\nmaxTurns: 1\n---\nYou test things.';
  const reply = (_request: ModelRequest, said: string): Reply =>
    said === 'go'
      ? [ask('test it', { subagent_type: 'tester' })]
      : said === 'test it'
        ? [{ name: 'glob', input: { pattern: '*' } }]
        : 'end';
  const fixture = await fixtureWith(reply, { files: { '.qwen/agents/tester.md': file } });
  mkdirSync(join(fixture.root, '../.qwen/agents'), { recursive: true });
  writeFileSync(join(fixture.root, '../.qwen/agents/tester.md'), file.replace('You test things', "The user's"));
  await fixture.run(await newSession(fixture), 'go');
  const [main, own, last] = fixture.model.requests;
  expect(main?.tools.find(({ name }) => name === 'agent')?.description).toContain('tester: Runs the tests');
  expect(own?.system).toContain('You test things.');
  expect(own?.tools.map(({ name }) => name).toSorted()).toEqual(['glob', 'read_file']);
  expect(JSON.stringify(last?.messages.at(-1))).toContain('request limit');
  const untrusted = await fixtureWith(reply, { files: { '.qwen/agents/tester.md': file }, trust: false });
  await untrusted.run(await newSession(untrusted), 'go');
  expect(JSON.stringify(untrusted.model.requests.at(-1)?.messages.at(-1))).toContain('There is no subagent');
});

test('a subagent may have stricter limits than its session, and never looser ones', async () => {
  const agent = (mode: string) => `---\nname: a\ndescription: d\napprovalMode: ${mode}\n---\nWork.`;
  const write = (root: string) => [{ name: 'write_file', input: { file_path: join(root, 'new.txt'), content: 'x' } }];
  const reply = (request: ModelRequest, said: string): Reply =>
    said === 'go' ? [ask('write', { subagent_type: 'a' })] : said === 'write' ? write(current.root) : isMain(request) ? 'end' : 'tried';
  let current = await fixtureWith(reply, { files: { '.qwen/agents/a.md': agent('plan') } });
  await current.run(await newSession(current, { mode: 'yolo' }), 'go');
  expect(existsSync(join(current.root, 'new.txt'))).toBe(false);
  current = await fixtureWith(reply, { files: { '.qwen/agents/a.md': agent('yolo') } });
  await current.run(await newSession(current, { mode: 'default', unattended: true }), 'go');
  expect(existsSync(join(current.root, 'new.txt'))).toBe(false);
});

test('its approvals are requested in the session', async () => {
  const fixture = await fixtureWith((request, said) =>
    said === 'go'
      ? [ask('write')]
      : said === 'write'
        ? [{ name: 'write_file', input: { file_path: join(fixture.root, 'new.txt'), content: 'x' } }]
        : isMain(request)
          ? 'end'
          : 'written',
  );
  const answered = fixture.answerNext({ kind: 'allow', scope: 'once' });
  await fixture.run(await newSession(fixture, { mode: 'default' }), 'go');
  await answered;
  expect(existsSync(join(fixture.root, 'new.txt'))).toBe(true);
});

test('subagents may start others, up to a limit', async () => {
  const fixture = await fixtureWith((request, said) => {
    const hasAgent = request.tools.some(({ name }) => name === 'agent');
    if (said === 'go' || said === 'deeper') return hasAgent ? [ask('deeper')] : 'the bottom';
    return said;
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  expect(fixture.model.requests.filter(({ messages }) => messages.length === 1)).toHaveLength(6);
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages.at(-1))).toContain('the bottom');
});

test('cancelling the turn ends its subagents', async () => {
  const fixture = await fixtureWith((_request, said) => (said === 'go' ? [ask('wait'), ask('wait')] : 'hang'));
  const id = await newSession(fixture);
  const before = released;
  const running = fixture.run(id, 'go');
  await vi.waitFor(() => expect(fixture.model.requests).toHaveLength(3));
  fixture.engine.sessions.get(id).work.cancel();
  expect((await running).end).toBe('cancelled');
  await vi.waitFor(() => expect(released - before).toBe(2));
});

test('a background subagent is a task, receives messages, and reports its end', async () => {
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const fixture = await fixtureWith(async (request, said) => {
    if (said === 'go') return [ask('slow', { run_in_background: true })];
    if (said === 'message it') {
      const [task] = fixture.engine.tasks.list();
      return [{ name: 'send_message', input: { task_id: task?.id ?? '', message: 'and hurry' } }];
    }
    if (said === 'slow') await held;
    if (said.includes('and hurry')) return 'hurried';
    return isMain(request) ? 'noted' : 'slow done';
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  expect(fixture.engine.tasks.list(id)).toMatchObject([{ status: 'running', wasBackground: true, agent: { type: 'general-purpose' } }]);
  await fixture.run(id, 'message it');
  release();
  const { task } = await fixture.until('task.changed', (data) => data.task.status === 'completed');
  await fixture.until('turn.ended', () =>
    fixture.model.requests.some(({ messages }) => JSON.stringify(messages).includes('<task-notification>')),
  );
  const reported = JSON.stringify(fixture.model.requests.at(-1)?.messages);
  expect(reported).toContain('<kind>agent</kind>');
  expect(reported).toContain('hurried');
  expect((await fixture.engine.tasks.readOutput(task.id, { offsetBytes: 0, maxBytes: 100 })).text).toBe('hurried');
});

test('a background subagent is stopped by the user, and with its session', async () => {
  const fixture = await fixtureWith((_request, said) =>
    said === 'go' ? [ask('wait', { run_in_background: true })] : said === 'wait' ? 'hang' : 'noted',
  );
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const [task] = fixture.engine.tasks.list(id);
  if (task === undefined) throw new Error('it is not listed');
  expect(() => fixture.engine.tasks.promote(task.id)).toThrow('subagent');
  fixture.engine.tasks.stop(task.id, { force: false, by: 'user' });
  await fixture.until('task.changed', (data) => data.task.id === task.id && data.task.status === 'cancelled');
  await fixture.until('turn.ended', () => fixture.model.requests.length > 3);
  await fixture.run(id, 'go');
  await fixture.engine.sessions.close(id);
  expect(fixture.engine.tasks.list(id).filter(({ status }) => status === 'running')).toEqual([]);
});

test("model: fast is the fast model of the settings, and the session's if they name none", async () => {
  const wanted: unknown[] = [];
  const file = '---\nname: quick\ndescription: d\nmodel: fast\n---\nWork.';
  const reply = (_request: ModelRequest, said: string): Reply => (said === 'go' ? [ask('x', { subagent_type: 'quick' })] : 'done');
  for (const settings of [{ fastModel: 'small-1' }, {}]) {
    const fixture = await fixtureWith(reply, { files: { '.qwen/agents/quick.md': file, '.qwen/settings.json': JSON.stringify(settings) } });
    const before = fixture.model.wanted.length;
    await fixture.run(await newSession(fixture), 'go');
    wanted.push(fixture.model.wanted.slice(before).at(1));
  }
  expect(wanted).toEqual([{ modelId: 'small-1' }, undefined]);
});
