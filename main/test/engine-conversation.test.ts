import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SessionId, type ToolItem, type TranscriptItem } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const tools = (items: readonly TranscriptItem[]): ToolItem[] => items.flatMap((item) => (item.kind === 'tool' ? [item] : []));

test('a prompt is answered, shown by deltas, and written in the format of Qwen Code', async () => {
  const fixture = await setUp({ answers: [says('Hello there.')] });
  const id = await newSession(fixture);
  const result = await fixture.run(id, 'Say hello');
  expect(result).toMatchObject({ end: 'completed', modelRequests: 1, usage: { inputTokens: 100, outputTokens: 20 }, denied: [] });
  expect(await fixture.items(id)).toMatchObject([
    { kind: 'user', text: 'Say hello', localId: 'local-1' },
    { kind: 'assistant', text: 'Hello there.', streaming: false, model: 'scripted-1' },
  ]);
  const [user, figures, answer] = fixture.records(id);
  expect(figures).toMatchObject({
    type: 'system',
    subtype: 'ui_telemetry',
    systemPayload: { uiEvent: { 'event.name': 'qwen-code.api_response', model: 'scripted-1', total_token_count: 120, status_code: 200 } },
  });
  expect(user).toMatchObject({
    parentUuid: null,
    sessionId: id,
    type: 'user',
    cwd: fixture.root,
    message: { role: 'user', parts: [{ text: 'Say hello' }] },
  });
  expect(answer).toMatchObject({
    parentUuid: figures?.['uuid'],
    type: 'assistant',
    model: 'scripted-1',
    message: { role: 'model', parts: [{ text: 'Hello there.' }] },
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120, cachedContentTokenCount: 40 },
  });
  const delta = await fixture.until('message.delta');
  expect(delta).toMatchObject({ part: 'text', offsetChars: 0, text: 'Hello there.' });
});

test('the user record is on disk before any event about the prompt', async () => {
  const fixture = await setUp({ answers: [says('ok')] });
  const id = await newSession(fixture);
  const onDisk: boolean[] = [];
  fixture.engine.subscribe((event) => {
    if (event.event === 'item.added' && event.data.item.kind === 'user')
      onDisk.push(readFileSync(fixture.sessionFile(id), 'utf8').includes('first words'));
  });
  await fixture.run(id, 'first words');
  expect(onDisk).toEqual([true]);
});

test('durable events carry consecutive numbers and the turn ends once', async () => {
  const fixture = await setUp({
    files: { 'a.txt': 'x' },
    answers: [calls({ id: 'c1', name: 'read_file', input: { file_path: 'a.txt' } }), says('done')],
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const numbers = fixture.events.flatMap((event) => ('seq' in event.data && event.data.sessionId === id ? [event.data.seq] : []));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(fixture.events.filter((event) => event.event === 'turn.ended')).toHaveLength(1);
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).seq).toBe(numbers.length);
});

test('list, edit with approval, run a command, promote it, receive its end, and resume from disk in a second engine', async () => {
  const fixture = await setUp({
    files: { 'src/a.ts': 'export const answer = 41;\n' },
    answers: [
      calls(
        { id: 'c1', name: 'list_directory', input: { path: 'src' } },
        { id: 'c2', name: 'read_file', input: { file_path: 'src/a.ts' } },
      ),
      calls({ id: 'c3', name: 'edit', input: { file_path: 'src/a.ts', old_string: '41', new_string: '42' } }),
      calls({ id: 'c4', name: 'run_shell_command', input: { command: 'echo begun; read line; echo "got $line"' } }),
      says('The command goes on in the background.'),
      says('It has ended.'),
    ],
  });
  const { engine } = fixture;
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'Correct the answer and run it');

  const edit = await fixture.until('approval.requested', ({ approval }) => approval.toolName === 'edit');
  expect(edit.approval).toMatchObject({ toolKind: 'edit', toolCallId: 'c3', display: { kind: 'diff', added: 1, removed: 1 } });
  await fixture.until('turn.changed', (data) => data.turn.phase === 'awaiting_approval');
  const asked = await engine.sessions.open(fixture.project.id, id);
  expect(asked.summary.state).toBe('needs_you');
  expect(asked.approvals).toEqual([edit.approval]);
  expect(readFileSync(join(fixture.root, 'src/a.ts'), 'utf8')).toContain('41');
  engine.sessions.get(id).approvals.resolve(edit.approval.id, edit.approval.digest, { kind: 'allow', scope: 'once' });

  const shell = await fixture.until('approval.requested', ({ approval }) => approval.toolName === 'run_shell_command');
  expect(readFileSync(join(fixture.root, 'src/a.ts'), 'utf8')).toContain('42');
  expect(shell.approval.command).toBe('echo begun; read line; echo "got $line"');
  engine.sessions.get(id).approvals.resolve(shell.approval.id, shell.approval.digest, { kind: 'allow', scope: 'once' });

  const { task } = await fixture.until('task.changed', (data) => data.task.status === 'running' && data.task.lastLine === 'begun');
  engine.tasks.promote(task.id);
  expect(await turn).toMatchObject({ end: 'completed', modelRequests: 4 });
  expect(fixture.model.requests[3]?.messages.at(-1)).toMatchObject({
    role: 'tool',
    results: [{ callId: 'c4', isError: false, text: expect.stringContaining(task.id) }],
  });

  engine.tasks.write(task.id, 'input\n');
  const { item } = await fixture.until('item.added', (data) => data.item.kind === 'notice');
  expect(item).toMatchObject({
    kind: 'notice',
    level: 'quiet',
    taskId: task.id,
    action: 'open_task',
    text: expect.stringContaining('ended: exited 0'),
    content: { code: 'tasks_reported', reports: [{ end: { code: 'exited', exitCode: 0 } }] },
  });
  await fixture.until('turn.ended', ({ result }) => result.modelRequests === 1);
  expect(fixture.model.requests[4]?.messages.at(-1)).toMatchObject({ role: 'user', text: expect.stringContaining('got input') });
  const notification = fixture.records(id).find((record) => record['subtype'] === 'notification');
  expect(notification).toMatchObject({ type: 'user', message: { parts: [{ text: expect.stringContaining('<exit-code>0</exit-code>') }] } });

  const before = await fixture.items(id);
  expect(tools(before).map((row) => [row.name, row.status])).toEqual([
    ['list_directory', 'success'],
    ['read_file', 'success'],
    ['edit', 'success'],
    ['run_shell_command', 'success'],
  ]);
  await engine.close();

  const second = await fixture.second(says('I remember.'));
  open.push(second);
  const loaded = await second.engine.sessions.open(second.project.id, id);
  const strip = (items: readonly TranscriptItem[]) =>
    items.map((row) => (row.kind === 'tool' ? [row.id, row.status, row.verb, row.target, row.display.kind] : [row.id, row.kind, row.text]));
  expect(strip(loaded.items)).toEqual(strip(before));
  expect(loaded).toMatchObject({
    model: { providerId: 'scripted', modelId: 'scripted-1' },
    context: { usedTokens: 120, windowTokens: 100_000 },
    earlierItems: 0,
  });
  await second.run(id, 'What was it?');
  const roles = second.model.requests[0]?.messages.map((message) => message.role);
  expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'user', 'assistant', 'user']);
  const records = second.records(id);
  for (const [index, record] of records.entries()) expect(record['parentUuid']).toBe(index === 0 ? null : records[index - 1]?.['uuid']);
});

test('a denied command is not run, and the note reaches the model', async () => {
  const fixture = await setUp({
    answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command: 'touch made' } }), says('understood')],
  });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.answerNext({ kind: 'deny', note: 'not on Fridays' });
  expect(await turn).toMatchObject({
    end: 'completed',
    denied: [{ toolCallId: 'c1', toolName: 'run_shell_command', input: { command: 'touch made' } }],
  });
  expect(existsSync(join(fixture.root, 'made'))).toBe(false);
  expect(fixture.model.requests[1]?.messages.at(-1)).toMatchObject({
    results: [{ isError: true, text: expect.stringContaining('not on Fridays') }],
  });
  expect(tools(await fixture.items(id))[0]).toMatchObject({ status: 'denied' });
  expect(fixture.records(id).find((record) => record['type'] === 'tool_result')).toMatchObject({
    toolCallResult: { callId: 'c1', status: 'cancelled' },
  });
});

test('in an unattended run, a call that needs approval is denied and listed', async () => {
  const fixture = await setUp({
    answers: [calls({ id: 'c1', name: 'write_file', input: { file_path: 'x.txt', content: 'x' } }), says('no')],
  });
  const id = await newSession(fixture, { unattended: true });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'completed', denied: [{ toolName: 'write_file' }] });
  expect(existsSync(join(fixture.root, 'x.txt'))).toBe(false);
});

test('an invalid call gets an error that the model can act on', async () => {
  const fixture = await setUp({
    answers: [
      calls(
        { id: 'c1', name: 'no_such_tool', input: {} },
        { id: 'c2', name: 'read_file', input: { path: 1 } },
        { id: 'c3', name: 'read_file', input: { file_path: 'gone.txt' } },
      ),
      says('ok'),
    ],
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const message = fixture.model.requests[1]?.messages.at(-1);
  const texts = message?.role === 'tool' ? message.results.map((result) => result.text) : [];
  expect(texts).toEqual([
    expect.stringContaining('read_file, write_file'),
    expect.stringContaining('file_path'),
    expect.stringContaining('gone.txt'),
  ]);
});

test('files that tools saved can be read without approval, others outside the project cannot', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  const saved = join(
    fixture.root,
    '..',
    '.qwen',
    'tmp',
    createHash('sha256').update(fixture.root).digest('hex'),
    'tool-results',
    'x.output',
  );
  const other = join(fixture.root, '..', 'other.txt');
  mkdirSync(dirname(saved), { recursive: true });
  writeFileSync(saved, 'the rest');
  writeFileSync(other, 'private');
  fixture.model.push(
    calls({ id: 'c1', name: 'read_file', input: { file_path: saved } }, { id: 'c2', name: 'read_file', input: { file_path: other } }),
    says('ok'),
  );
  const turn = fixture.run(id, 'go');
  const { approval } = await fixture.until('approval.requested');
  expect(approval).toMatchObject({ toolCallId: 'c2', reason: `Outside the project: ${other.replace('/project/..', '')}` });
  fixture.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'deny' });
  await turn;
  expect(tools(await fixture.items(id)).map((item) => item.status)).toEqual(['success', 'denied']);
});

test('a session that another live engine holds is shown read-only, and can be written after its release', async () => {
  const fixture = await setUp({ answers: [says('one')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const second = await fixture.second(says('two'));
  open.push(second);
  const seen = await second.engine.sessions.open(second.project.id, id);
  expect(seen.heldBy).toMatchObject({ pid: process.pid, host: 'gantry command' });
  expect(seen.items).toHaveLength(2);
  await expect(second.engine.sessions.get(id).prompt('mine', 'l')).rejects.toMatchObject({ code: 'session_busy' });
  await fixture.engine.close();
  expect((await second.run(id, 'mine now')).end).toBe('completed');
  expect((await second.items(id)).map((item) => (item.kind === 'user' ? item.text : item.kind))).toEqual([
    'go',
    'assistant',
    'mine now',
    'assistant',
  ]);
});

test('records that another program appended are read before the next turn', async () => {
  const fixture = await setUp({ answers: [says('one'), says('two')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const parentUuid = fixture.records(id).at(-1)?.['uuid'];
  const foreign = {
    uuid: 'f1',
    parentUuid,
    sessionId: id,
    timestamp: '2026-05-17T10:00:00.000Z',
    type: 'user',
    cwd: fixture.root,
    version: '0.15.10',
    message: { role: 'user', parts: [{ text: 'typed elsewhere' }] },
  };
  appendFileSync(fixture.sessionFile(id), `${JSON.stringify(foreign)}\n`);
  await fixture.run(id, 'again');
  expect(fixture.model.requests[1]?.messages.map((message) => (message.role === 'tool' ? '' : message.text))).toEqual([
    'go',
    'one',
    'typed elsewhere',
    'again',
  ]);
  expect((await fixture.items(id)).map((item) => item.id)).toContain('f1');
});

test("sessions are listed newest first, with the user's title or the first prompt", async () => {
  const fixture = await setUp({ answers: [says('1'), says('2')] });
  const [first, second] = [await newSession(fixture), await newSession(fixture)];
  await fixture.run(first, 'First prompt\nwith more');
  await fixture.run(second, 'Second prompt');
  await fixture.engine.sessions.rename(fixture.project.id, first, 'A better name');
  const laterS = Date.now() / 1000 + 5;
  utimesSync(fixture.sessionFile(first), laterS, laterS); // two writes within one tick of the file system's clock have the same time
  const other = await fixture.second();
  open.push(other);
  const list = await other.engine.sessions.list(other.project.id);
  expect(list.map((summary) => [summary.id, summary.title, summary.state])).toEqual([
    [first, 'A better name', 'idle'],
    [second, 'Second prompt', 'idle'],
  ]);
});

test('an unknown session and a file without records have error codes', async () => {
  const fixture = await setUp({ answers: [says('x')] });
  await fixture.run(await newSession(fixture), 'makes the folder');
  const unknown = SessionId.parse('11111111-2222-4333-8444-555555555555');
  await expect(fixture.engine.sessions.open(fixture.project.id, unknown)).rejects.toMatchObject({ code: 'session_unknown' });
  appendFileSync(fixture.sessionFile(unknown), 'nothing to read here\n');
  await expect(fixture.engine.sessions.open(fixture.project.id, unknown)).rejects.toMatchObject({ code: 'session_damaged' });
  await expect(fixture.engine.sessions.open(fixture.project.id, SessionId.parse('../../etc/passwd'))).rejects.toMatchObject({
    code: 'session_unknown',
  });
});
