/** The clients of Qwen Code's server against it and against `gantry serve`: the same calls, the values that a program reads compared. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDaemonClient, type ServerEvent } from './daemon-client.ts';
import { createWorld } from './world.ts';

const PROGRAMS = ['0.24.4', 'gantry'] as const;
const allow = { outcome: { outcome: 'selected', optionId: 'proceed_once' } };

/** What both must answer alike; everything that is different by nature (ids, times, own words) is left out. */
async function walk(program: (typeof PROGRAMS)[number]) {
  await using world = await createWorld();
  world.model.answer = ({ body: { messages } }) => {
    if (JSON.stringify(messages.at(-1)).includes('REFUSE')) return { status: 400 };
    if (messages.at(-1)?.role === 'tool') return { text: 'Written.', promptTokens: 100 };
    if (!JSON.stringify(messages.findLast(({ role }) => role === 'user')).includes('WRITE')) return { text: 'Noted.', promptTokens: 80 };
    const input = { file_path: join(world.project, 'made.txt'), content: 'hello\n' };
    return { calls: [{ id: 'call_1', name: 'write_file', input }], promptTokens: 90 };
  };
  await using daemon = await openDaemonClient(program, world);
  const { client, sdk } = daemon;
  const read = async (name: string, ...given: unknown[]) => {
    const method = client[name];
    if (method === undefined) throw new Error(`The client has no method ${name}.`);
    return method.apply(client, given);
  };
  const create = () => sdk.DaemonSessionClient.createOrAttach(client, { workspaceCwd: world.project });
  const session = await create().catch(create); // on a loaded machine 0.24.4 gives up its own start after 10 s
  const of = async (name: string, ...given: unknown[]) => {
    const method = session[name];
    if (typeof method !== 'function') throw new Error(`The session has no method ${name}.`);
    return (await method.apply(session, given)) as Record<string, unknown>;
  };
  const stop = new AbortController();
  const events: ServerEvent[] = [];
  const answered: boolean[] = [];
  const reading = (async () => {
    for await (const event of session.events({ signal: stop.signal })) {
      events.push(event);
      if (event.type === 'permission_request')
        answered.push(await session.respondToSessionPermission(String(event.data['requestId']), allow));
    }
  })().catch(() => undefined);
  const text = (prompt: string) => ({ prompt: [{ type: 'text', text: prompt }] });
  const first = await session.prompt(text('Hello'));
  const second = await session.prompt(text('WRITE it'));
  const failed = await session.prompt(text('REFUSE it')).then(
    ({ stopReason }) => stopReason,
    (error: { status?: number }) => ['rejected', error.status],
  );
  const mode = await of('setApprovalMode', 'plan').catch(() => read('setSessionApprovalMode', session.sessionId, 'plan'));
  const model = await session.setModel('qwen-scripted');
  const status = await of('status');
  const context = (await of('context'))['state'] as { modes: { currentModeId: string }; models: { currentModelId: string } };
  const usage = (await of('contextUsage'))['usage'] as Record<string, unknown>;
  const stats = (await of('stats'))['models'] as Record<string, { tokens: unknown }>;
  const tasks = await of('tasks');
  const pending = await of('getPendingPrompts');
  const transcript = (await of('getTranscriptPage')) as unknown as { events: { data: { content?: { text?: string } } }[] };
  const file = await read('readWorkspaceFile', 'notes.txt');
  const refused = await read('readWorkspaceFile', '../x').catch((error: { status: number; body: { errorKind: string } }) => [
    error.status,
    error.body.errorKind,
  ]);
  const loaded = await sdk.DaemonSessionClient.load(client, session.sessionId, { workspaceCwd: world.project });
  const resumed = await sdk.DaemonSessionClient.resume(client, session.sessionId, { workspaceCwd: world.project });
  const list = (await read('listWorkspaceSessions', world.project)) as unknown as { sessionId: string }[];
  const found = (await read('searchWorkspaceSessions', world.project, 'Hello')) as { results?: { session: { sessionId: string } }[] };
  stop.abort();
  await reading;
  await of('close');
  const removed = await read('deleteSessionsData', [session.sessionId]);
  const request = events.find(({ type }) => type === 'permission_request')?.data as {
    toolCall: Record<string, unknown>;
    options: { optionId: string }[];
  };
  const texts = JSON.stringify(transcript.events);
  return {
    health: await read('health'),
    stops: [first.stopReason, second.stopReason],
    ...{ answered, failed },
    updates: kinds(events.flatMap(({ data }) => (typeof data['update'] === 'object' ? [data['update'] as { sessionUpdate: string }] : []))),
    request: {
      rawInput: { ...(request.toolCall['rawInput'] as object), file_path: 'made.txt' },
      toolName: (request.toolCall['_meta'] as Record<string, unknown>)['toolName'],
      kind: request.toolCall['kind'],
      options: request.options.map(({ optionId }) => optionId),
    },
    resolved: events.find(({ type }) => type === 'permission_resolved')?.data['outcome'],
    types: [...new Set(events.map(({ type }) => type))]
      .filter((type) => !['settings_changed', 'replay_complete'].includes(type))
      .toSorted((a, b) => a.localeCompare(b)),
    mode: { ...mode, sessionId: '' },
    model: (model['_meta'] as { qwenModelSwitch: { modelId: string } }).qwenModelSwitch.modelId,
    status: [status['hasActivePrompt'], status['isWaitingForPermission'], status['pendingInteractionCount'], status['hasTurnError']],
    context: [context.modes.currentModeId, context.models.currentModelId],
    usage: [usage['modelName'], Object.keys(usage).toSorted((a, b) => a.localeCompare(b))],
    stats: Object.keys(stats),
    tasks: tasks['tasks'],
    pending: pending['pendingPrompts'],
    transcript: ['Hello', 'Noted.', 'WRITE it', 'Written.'].filter((each) => texts.includes(each)),
    file: [file['content'], file['sizeBytes'], file['hash'], file['truncated'], file['originalLineCount']],
    refused,
    loaded: [
      loaded.sessionId === session.sessionId,
      loaded.replaySnapshot.compactedReplay.length > 0,
      resumed.sessionId === session.sessionId,
    ],
    list: list.map(({ sessionId }) => sessionId === session.sessionId),
    found: found.results?.map((each) => each.session.sessionId === session.sessionId),
    removed: [(removed['removed'] as string[]).length, removed['notFound'], removed['errors']],
  };
}

function kinds(updates: readonly { readonly sessionUpdate: string }[]): readonly string[] {
  return [...new Set(updates.map(({ sessionUpdate }) => sessionUpdate))].toSorted((a, b) => a.localeCompare(b));
}

/** The differences that are left, with their reasons in docs/qwen-code.md, "What a client of the server receives". */
function asHere(theirs: Awaited<ReturnType<typeof walk>>): typeof theirs {
  const { planExecutionMode: _, ...mode } = theirs.mode as Record<string, unknown> & { sessionId: string };
  const sorted = (names: readonly string[]) => names.toSorted((a, b) => a.localeCompare(b));
  return {
    ...{ ...theirs, mode },
    types: sorted([...theirs.types.filter((type) => type !== 'prompt_cancelled'), 'session_metadata_updated']),
    updates: sorted([...theirs.updates, 'current_mode_update']),
  };
}

test('the daemon client of the SDK works against Gantry as against 0.24.4', { timeout: 240_000 }, async () => {
  const theirs = await walk('0.24.4');
  expect(await walk('gantry')).toEqual(asHere(theirs));
});
