import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calls, says } from '../../test/support/scripted-model.ts';
import { type SentEvent, startDaemon } from './daemon.fixture.ts';

const WRITE = calls({ id: 'c1', name: 'write_file', input: { file_path: 'made.txt', content: 'made\n' } });
const allow = { outcome: { outcome: 'selected', optionId: 'proceed_once' } };
const updates = (events: readonly SentEvent[]) =>
  events.flatMap(({ data }) => ('update' in data ? [data['update'] as Record<string, unknown>] : []));

test('a prompt is accepted with 202, and its turn ends with its id in the data', async () => {
  const daemon = await startDaemon({ answers: [says('Noted.')] });
  const { sessionId, clientId } = await daemon.open();
  const answer = await daemon.call(
    'POST',
    `/session/${sessionId}/prompt`,
    { prompt: [{ type: 'text', text: 'Hello' }] },
    { 'x-qwen-client-id': clientId },
  );
  expect(answer).toMatchObject({
    status: 202,
    body: { promptId: expect.any(String), lastEventId: expect.any(Number), eventEpoch: expect.any(String) },
  });
  const { promptId } = answer.body;
  const { until, events, epoch } = await daemon.follow(sessionId);
  const end = await until('turn_complete');
  expect(end).toMatchObject({ promptId, originatorClientId: clientId, data: { sessionId, promptId, stopReason: 'end_turn' } });
  expect(epoch).toBe(answer.body['eventEpoch']);
  expect(updates(events).map(({ sessionUpdate }) => sessionUpdate)).toEqual(
    expect.arrayContaining(['available_commands_update', 'user_message_chunk', 'agent_message_chunk']),
  );
});

test('a slash command that needs no turn is answered, and ends its prompt', async () => {
  const daemon = await startDaemon({ answers: [says('A turn.')] });
  const { sessionId } = await daemon.open();
  const { until, events } = await daemon.follow(sessionId);
  for (const [command, answer] of [
    ['/stats', /tokens/i],
    ['/model', /^Model: /],
  ] as const) {
    const { promptId } = await daemon.prompt(sessionId, command);
    await until('turn_complete', ({ data }) => data['promptId'] === promptId && data['stopReason'] === 'end_turn');
    expect(updates(events).at(-1)).toMatchObject({ _meta: { source: 'slash_command' }, content: { text: expect.stringMatching(answer) } });
  }
  expect(daemon.engine.model.requests).toHaveLength(0);
  await daemon.prompt(sessionId, '/unknown words');
  await until('turn_complete', ({ data }) => data['promptId'] !== undefined && 'usage' in data);
  expect(JSON.stringify(daemon.engine.model.requests[0]?.messages)).toContain('/unknown words');
});

test('two clients of a session receive the same events, and a prompt beyond the queue is refused with the limit', async () => {
  const daemon = await startDaemon({ answers: [WRITE, ...Array.from({ length: 6 }, () => says('Done.'))] });
  const { sessionId } = await daemon.open();
  const [one, other] = [await daemon.follow(sessionId), await daemon.follow(sessionId)];
  await daemon.prompt(sessionId, 'write it');
  const { data } = await one.until('permission_request');
  const prompt = (text: string) => daemon.call('POST', `/session/${sessionId}/prompt`, { prompt: [{ type: 'text', text }] });
  const answers = [];
  for (const text of ['1', '2', '3', '4', '5', '6']) answers.push(await prompt(text));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 503]);
  expect(answers[5]?.body).toMatchObject({ code: 'prompt_queue_full', limit: 5, pendingCount: 5 });
  await daemon.call('POST', `/permission/${String(data['requestId'])}`, allow);
  const last = answers[4]?.body['promptId'];
  await Promise.all([one, other].map(({ until }) => until('turn_complete', (event) => event.data['promptId'] === last)));
  expect(other.events.filter(({ id }) => id !== undefined)).toEqual(one.events.filter(({ id }) => id !== undefined));
});

test('a permission request shows the change; an option that was not offered decides nothing, and the first answer counts', async () => {
  const daemon = await startDaemon({ answers: [WRITE, says('Done.')] });
  const { sessionId } = await daemon.open();
  await daemon.prompt(sessionId, 'write it');
  const { until, events } = await daemon.follow(sessionId);
  const { data } = await until('permission_request');
  expect(data).toMatchObject({
    toolCall: {
      toolCallId: expect.any(String),
      rawInput: { file_path: 'made.txt', content: 'made\n' },
      content: [{ type: 'diff', newText: 'made\n' }],
      _meta: { toolName: 'write_file' },
    },
    options: [{ optionId: 'proceed_always' }, { optionId: 'proceed_once' }, { optionId: 'cancel' }],
  });
  const requestId = String(data['requestId']);
  expect((await daemon.call('GET', `/session/${sessionId}/status`)).body).toMatchObject({
    ...{ hasActivePrompt: true, isWaitingForPermission: true },
    pendingInteractions: [{ requestId, kind: 'permission' }],
  });
  const path = `/session/${sessionId}/permission/${requestId}`;
  expect(await daemon.call('POST', path, { outcome: { outcome: 'selected', optionId: 'proceed_never' } })).toMatchObject({
    status: 400,
    body: { code: 'invalid_option_id' },
  });
  expect(await daemon.call('POST', `/permission/${requestId}`, allow)).toEqual({ status: 200, body: {} });
  expect((await daemon.call('POST', path, allow)).status).toBe(404);
  expect(await until('permission_resolved')).toMatchObject({
    data: { requestId, outcome: { outcome: 'selected', optionId: 'proceed_once' } },
  });
  await until('turn_complete');
  expect(updates(events)).toContainEqual(
    expect.objectContaining({
      sessionUpdate: 'tool_call_update',
      status: 'completed',
      _meta: expect.objectContaining({ toolName: 'write_file' }),
    }),
  );
});

test("the agent's question is answered by a permission, and its end says so; a cancelled one was left", async () => {
  const question = {
    question: 'Which?',
    header: 'Choice',
    options: ['Red', 'Blue'].map((label) => ({ label, description: '' })),
    multiSelect: false,
  };
  const ask = (id: string) => calls({ id, name: 'ask_user_question', input: { questions: [question] } });
  const daemon = await startDaemon({ answers: [ask('q1'), ask('q2'), says('Done.')] });
  const { sessionId } = await daemon.open();
  const { until } = await daemon.follow(sessionId);
  await daemon.prompt(sessionId, 'ask me');
  const resolved = async (at: string, body: object) => {
    const { data } = await until('permission_request', (event) => JSON.stringify(event.data).includes(at));
    const requestId = String(data['requestId']);
    expect(await daemon.call('POST', `/session/${sessionId}/permission/${requestId}`, body)).toEqual({ status: 200, body: {} });
    return (await until('permission_resolved', (event) => event.data['requestId'] === requestId)).data['outcome'];
  };
  const answer = { outcome: { outcome: 'selected', optionId: 'proceed_once' }, answers: { 0: 'Blue' } };
  expect(await resolved('q1', answer)).toEqual({ outcome: 'selected', optionId: 'proceed_once' });
  expect(await resolved('q2', { outcome: { outcome: 'cancelled' } })).toEqual({ outcome: 'cancelled' });
  expect(JSON.stringify(daemon.engine.model.requests[1]?.messages)).toContain('Blue');
});

test('a client that returns receives what it missed; with the ids of an earlier server it starts again', async () => {
  const daemon = await startDaemon({ answers: [says('One.'), says('Two.')] });
  const { sessionId } = await daemon.open();
  const first = await daemon.follow(sessionId);
  await daemon.prompt(sessionId, 'one');
  const { id = 0 } = await first.until('turn_complete');
  await first.stop();
  const { promptId } = await daemon.prompt(sessionId, 'two');
  const second = await daemon.follow(sessionId, { 'last-event-id': String(id), 'x-qwen-event-epoch': first.epoch });
  await second.until('turn_complete', (event) => event.promptId === promptId);
  const ids = second.events.flatMap((event) => event.id ?? []);
  expect(ids).toEqual(ids.map((_, at) => id + 1 + at));
  const other = await daemon.follow(sessionId, { 'last-event-id': String(id), 'x-qwen-event-epoch': 'other' });
  await other.until('replay_complete');
  expect(other.events[0]).toMatchObject({ type: 'state_resync_required', data: { reason: 'epoch_reset' } });
  expect(other.events[1]?.id).toBe(1);
});

test('a session is listed, found, loaded with its transcript, renamed, closed and deleted', async () => {
  const daemon = await startDaemon({ answers: [says('A blue answer.')] });
  const { sessionId } = await daemon.open();
  await daemon.prompt(sessionId, 'Which colour?');
  await (await daemon.follow(sessionId)).until('turn_complete');
  const workspace = `/workspace/${encodeURIComponent(daemon.engine.root)}`;
  expect((await daemon.call('PATCH', `/session/${sessionId}/metadata`, { displayName: 'Colours' })).body).toEqual({
    sessionId,
    displayName: 'Colours',
  });
  expect((await daemon.call('GET', `${workspace}/sessions`)).body).toMatchObject({
    sessions: [{ sessionId, displayName: 'Colours', clientCount: 1 }],
  });
  expect((await daemon.call('GET', `${workspace}/sessions/search?q=blue`)).body).toMatchObject({
    results: [{ session: { sessionId }, snippet: expect.stringContaining('blue') }],
  });
  expect((await daemon.call('DELETE', `/session/${sessionId}`)).status).toBe(204);
  expect(await daemon.call('GET', `/session/${sessionId}/status`)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  const { body: loaded } = await daemon.call('POST', `/session/${sessionId}/load`, {});
  expect(loaded).toMatchObject({ sessionId, attached: false, liveJournal: [], state: { modes: { currentModeId: 'default' } } });
  expect(JSON.stringify(loaded['compactedReplay'])).toContain('A blue answer.');
  const { body: page } = await daemon.call('GET', `/session/${sessionId}/transcript?limit=1`);
  expect(page).toMatchObject({ events: [{ type: 'session_update' }], hasMore: true, nextCursor: '1' });
  expect((await daemon.call('POST', `/session/${sessionId}/resume`, {})).body).toMatchObject({ sessionId, attached: true });
  const missing = crypto.randomUUID();
  expect((await daemon.call('POST', '/sessions/delete', { sessionIds: [sessionId, missing] })).body).toEqual({
    removed: [sessionId],
    notFound: [missing],
    errors: [],
  });
  expect((await daemon.call('POST', `/session/${sessionId}/load`, {})).status).toBe(404);
});

test('mode and model are changed; to never ask is confirmed outside', async () => {
  const daemon = await startDaemon();
  const { sessionId } = await daemon.open();
  const path = `/session/${sessionId}`;
  expect((await daemon.call('POST', `${path}/approval-mode`, { mode: 'plan' })).body).toEqual({
    ...{ sessionId, mode: 'plan', previous: 'default', persisted: false },
  });
  expect(await daemon.call('POST', `${path}/approval-mode`, { mode: 'yolo' })).toMatchObject({ status: 400, body: { code: 'cancelled' } });
  expect(daemon.questions).toHaveLength(1);
  expect(await daemon.call('POST', `${path}/approval-mode`, { mode: 'x' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_approval_mode' },
  });
  expect((await daemon.call('POST', `${path}/model`, { modelId: 'no-such' })).status).toBe(400);
  expect((await daemon.call('GET', `${path}/context`)).body).toMatchObject({ state: { modes: { currentModeId: 'plan' } } });
  const { until } = await daemon.follow(sessionId);
  expect(await until('approval_mode_changed')).toMatchObject({ data: { previous: 'default', next: 'plan', persisted: false } });
  expect(await until('model_switch_failed')).toMatchObject({ data: { requestedModelId: 'no-such' } });
});

test('files are read inside the workspace only, and not the protected ones', async () => {
  const daemon = await startDaemon();
  const { root } = daemon.engine;
  await writeFile(join(root, 'notes.txt'), 'one\ntwo\n');
  await writeFile(join(root, '.env'), 'KEY=secret');
  await writeFile(join(root, 'private.txt'), 'x');
  await writeFile(join(root, '.qwenignore'), 'private.txt\n');
  await symlink('/etc/passwd', join(root, 'link'));
  await symlink(join(root, '.env'), join(root, 'plain.txt'));
  const file = async (path: string, more = '') => daemon.call('GET', `/file?path=${encodeURIComponent(path)}${more}`);
  expect((await file('notes.txt')).body).toMatchObject({
    content: 'one\ntwo\n',
    sizeBytes: 8,
    truncated: false,
    hash: expect.stringMatching(/^sha256:/),
  });
  expect((await file('notes.txt', '&line=2&limit=1')).body).toMatchObject({ content: 'two', truncated: true });
  const refused = [
    ...['../x', '/etc/passwd', 'link'].map((path) => [path, 400, 'path_outside_workspace'] as const),
    ...['.env', 'plain.txt', 'private.txt'].map((path) => [path, 403, 'permission_denied'] as const),
    ['nothing', 404, 'path_not_found'] as const,
    ['.', 400, 'parse_error'] as const,
  ];
  const answers = await Promise.all(refused.map(async ([path]) => ({ path, ...(await file(path)) })));
  expect(answers).toMatchObject(refused.map(([path, status, errorKind]) => ({ path, status, body: { errorKind, status } })));
  expect((await daemon.call('GET', '/list?path=.')).body).toMatchObject({
    entries: expect.arrayContaining([{ name: 'notes.txt', kind: 'file' }]),
  });
  expect((await daemon.call('GET', '/list?path=..')).status).toBe(400);
  expect((await daemon.call('GET', '/glob?pattern=note*.txt')).body).toMatchObject({ matches: ['notes.txt'], count: 1 });
  expect((await daemon.call('GET', '/stat?path=notes.txt')).body).toMatchObject({ type: 'file', sizeBytes: 8 });
  expect((await daemon.call('GET', '/stat')).status).toBe(400);
});

test.each<[string, string, unknown, number]>([
  ['POST', '/session/none/prompt', { prompt: [{ type: 'text', text: 'a' }] }, 404],
  ['POST', '/session/ID/prompt', { prompt: [] }, 400],
  ['POST', '/session/ID/prompt', { prompt: [{ type: 'audio' }] }, 400],
  ['POST', '/session/ID/prompt', '{', 400],
  ['POST', '/session/ID/permission/none', { outcome: { outcome: 'cancelled' } }, 404],
  ['POST', '/session/ID/permission/none', { outcome: 'yes' }, 400],
  ['POST', '/session', { cwd: 'relative' }, 400],
  ['POST', '/session', { cwd: '/no/such/folder' }, 404],
  ['POST', '/sessions/delete', {}, 400],
  ['POST', '/session/ID/load', 'x'.repeat(11 * 1024 * 1024), 413],
  ['GET', '/session/ID/transcript?cursor=-1', undefined, 400],
  ['GET', '/session/ID/tasks/none/output', undefined, 404],
  ['GET', '/workspace/relative/sessions', undefined, 400],
  ['GET', '/workspace/mcp', undefined, 404],
  ['GET', '/session/ID/lsp', undefined, 404],
])('%s %s with a wrong body, id or query is refused with a JSON error (%#)', async (method, path, body, status) => {
  const daemon = await startDaemon();
  const { sessionId } = await daemon.open();
  expect(await daemon.call(method, path.replace('ID', sessionId), body)).toEqual({
    status,
    body: expect.objectContaining({ error: expect.any(String) }),
  });
  expect((await fetch(`${daemon.server.url}${path}`, { method })).status).toBe(401);
});
