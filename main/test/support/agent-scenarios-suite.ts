/**
 * What an agent must do over any protocol: one list of scenarios, the same for every protocol. Each uses a whole engine, its
 * settings, its tools and its session file, over HTTP to an independent mock.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { SessionId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { type AgentRig, KEY, openAgentRig, type ProtocolUnderTest } from './agent-rig.ts';

const open: AgentRig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

/** `other`: the provider that the session switches to. */
export function describeAgent(under: ProtocolUnderTest, other: ProtocolUnderTest): void {
  const setUp = async (files: Readonly<Record<string, string | Uint8Array>> = {}, more: Readonly<Record<string, unknown>> = {}) => {
    const rig = await openAgentRig([{ ...under, entry: { ...under.entry, ...more } }, other], files);
    open.push(rig);
    return rig;
  };
  const lastBody = (rig: AgentRig) => rig.front.requests.at(-1)?.body ?? '';
  const itemsOf = async (rig: AgentRig, id: SessionId) => (await rig.engine.sessions.open(rig.project.id, id)).items;
  const error = (status: number, message: string, code = '') => ({ status, body: under.errorBody(status, message, code) });
  const readFile = (rig: AgentRig, name: string, id: string) => ({
    name: 'read_file',
    id,
    arguments: JSON.stringify({ file_path: join(rig.root, name) }),
  });

  describe(`an agent over ${under.protocol}`, () => {
    test('text: an answer streams, is shown, and its usage is counted', async () => {
      const rig = await setUp();
      rig.script({
        content: 'Hello there, friend.',
        usage: {
          prompt_tokens: 70,
          completion_tokens: 9,
          input_tokens: 70,
          output_tokens: 9,
          promptTokenCount: 70,
          candidatesTokenCount: 9,
        },
      });
      const id = await rig.newSession();
      expect(await rig.run(id, 'hello')).toMatchObject({ end: 'completed', usage: { inputTokens: 70, outputTokens: 9 } });
      expect(await itemsOf(rig, id)).toMatchObject([{ kind: 'user' }, { kind: 'assistant', text: 'Hello there, friend.' }]);
    });

    test('thinking: it is shown as thinking and is not part of the answer', async () => {
      const rig = await setUp();
      rig.script({ content: 'Because.', reasoning: 'Let me see.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'why')).toMatchObject({ end: 'completed' });
      expect((await itemsOf(rig, id)).at(-1)).toMatchObject({ kind: 'assistant', thinking: 'Let me see.', text: 'Because.' });
    });

    test('one tool: it runs, and its result is sent back', async () => {
      const rig = await setUp({ 'a.txt': 'the content of a' });
      rig.script({ content: 'I look.', toolCalls: [readFile(rig, 'a.txt', 'call_1')] }, { content: 'Done.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'read a')).toMatchObject({ end: 'completed', modelRequests: 2 });
      expect(lastBody(rig)).toContain('the content of a');
      expect((await itemsOf(rig, id)).map(statusOf)).toEqual(['user', 'assistant', 'success', 'assistant']);
    });

    test('parallel tools: all results are sent back together, each for its call', async () => {
      const rig = await setUp({ 'a.txt': 'content of a', 'b.txt': 'content of b' });
      rig.script({ toolCalls: [readFile(rig, 'a.txt', 'call_a'), readFile(rig, 'b.txt', 'call_b')] }, { content: 'Both.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'read both')).toMatchObject({ end: 'completed', modelRequests: 2 });
      expect(lastBody(rig)).toMatch(/content of a[\s\S]*content of b/);
    });

    test('tool error: the model receives it and continues', async () => {
      const rig = await setUp();
      rig.script({ toolCalls: [readFile(rig, 'absent.txt', 'call_1')] }, { content: 'It is not there.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'read it')).toMatchObject({ end: 'completed' });
      expect((await itemsOf(rig, id)).map(statusOf)).toEqual(['user', 'error', 'assistant']);
    });

    test('a tool that does not exist: the model is informed and continues', async () => {
      const rig = await setUp();
      rig.script({ toolCalls: [{ name: 'no_such_tool', id: 'call_1', arguments: '{}' }] }, { content: 'Then without.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'go')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain('no_such_tool');
    });

    test('denied tool: nothing runs and the model reads why', async () => {
      const rig = await setUp();
      const call = { name: 'run_shell_command', id: 'call_1', arguments: JSON.stringify({ command: 'touch made', is_background: false }) };
      rig.script({ toolCalls: [call] }, { content: 'I leave it.' });
      const id = await rig.newSession();
      const turn = rig.run(id, 'touch it');
      const { approval } = await rig.until('approval.requested');
      rig.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'deny', note: 'not on Fridays' });
      expect(await turn).toMatchObject({ end: 'completed', denied: [{ toolName: 'run_shell_command' }] });
      expect(lastBody(rig)).toContain('not on Fridays');
    });

    test('image: one in a session of Qwen Code reaches the model', async () => {
      const rig = await setUp();
      const id = writeSession(rig, [{ text: 'what is this' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }]);
      rig.script({ content: 'A pixel.' });
      const model = await rig.modelOf(under.protocol);
      await rig.engine.sessions.open(rig.project.id, id, { model });
      expect(await rig.run(id, 'and now?')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain(PIXEL);
    });

    test('image: one that a tool reads reaches the model', async () => {
      const rig = await setUp({ 'pixel.png': Buffer.from(PIXEL, 'base64') });
      rig.script({ toolCalls: [readFile(rig, 'pixel.png', 'call_1')] }, { content: 'A pixel.' }, { content: 'Still one.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'look at it')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain(PIXEL);
      expect(await rig.run(id, 'and now?')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain(PIXEL);
    });

    test.each<[string, number, string, string, string]>([
      ['401', 401, 'Incorrect API key provided', 'invalid_api_key', 'auth_failed'],
      ['404', 404, `The model ${under.modelId} does not exist`, 'model_not_found', 'model_unknown'],
    ])('%s: the turn fails at once, and says what is wrong and what to do', async (_name, status, message, code, expected) => {
      const rig = await setUp();
      rig.front.spoil(error(status, message, code));
      const id = await rig.newSession();
      const result = await rig.run(id, 'hello');
      expect(result).toMatchObject({ end: 'failed', modelRequests: 1, error: { code: expected } });
      expect(result.error?.message).toContain(under.baseUrl(rig.front.origin));
      if (expected === 'auth_failed') expect(result.error?.message).toContain('SUITE_KEY');
      else expect(result.error?.message).toContain(under.modelId);
    });

    test('429: the wait is the one that the server requested, and the next attempt succeeds', async () => {
      const rig = await setUp();
      rig.front.spoil({ ...error(429, 'slow down', 'rate_limit_exceeded'), headers: { 'retry-after': '17' } });
      rig.script({ content: 'At last.' });
      const id = await rig.newSession();
      const turn = rig.run(id, 'hello');
      const { turn: waiting } = await rig.until('turn.changed', (data) => data.turn.phase === 'retrying');
      expect((waiting.retry?.atMs ?? 0) - Date.now()).toBeGreaterThan(12_000);
      expect((waiting.retry?.atMs ?? 0) - Date.now()).toBeLessThanOrEqual(17_000);
      rig.engine.sessions.get(id).work.retryNow();
      expect(await turn).toMatchObject({ end: 'completed', modelRequests: 2 });
    });

    test.each<[string, Parameters<AgentRig['front']['spoil']>[0] | (() => Parameters<AgentRig['front']['spoil']>[0])]>([
      ['500', () => error(500, 'internal error')],
      ['cut mid-stream', 'cut'],
      ['ended mid-stream', 'ended'],
      ['malformed JSON', 'malformed'],
    ])('%s: it is tried again, and the earlier text is dropped', async (_name, spoil) => {
      const rig = await setUp();
      rig.front.spoil(typeof spoil === 'function' ? spoil() : spoil);
      rig.script(...(typeof spoil === 'function' ? [] : [{ content: LONG_TEXT }]), { content: 'Whole.' });
      const id = await rig.newSession();
      const turn = rig.run(id, 'hello');
      await rig.until('turn.changed', (data) => data.turn.phase === 'retrying');
      rig.engine.sessions.get(id).work.retryNow();
      expect(await turn).toMatchObject({ end: 'completed', modelRequests: 2 });
      expect(await itemsOf(rig, id)).toMatchObject([{ kind: 'user' }, { kind: 'assistant', text: 'Whole.' }]);
    });

    test('broken arguments: the call does not run, and the model is asked to send it again', async () => {
      const rig = await setUp();
      rig.script({ toolCalls: [{ name: 'read_file', id: 'call_1', arguments: '{"file_path": "/x' }] }, { content: 'I see.' });
      const id = await rig.newSession();
      expect(await rig.run(id, 'go')).toMatchObject({ end: 'completed' });
      expect((await itemsOf(rig, id)).map(statusOf)).toEqual(['user', 'error', 'assistant']);
    });

    test('silence: it is abandoned after the time in the settings, and tried again', async () => {
      const rig = await setUp({}, { generationConfig: { streamIdleTimeoutMs: 60 } });
      rig.front.spoil('silent');
      rig.script({ content: LONG_TEXT }, { content: 'This one not.' });
      const id = await rig.newSession();
      const turn = rig.run(id, 'hello');
      const { turn: waiting } = await rig.until('turn.changed', (data) => data.turn.phase === 'retrying');
      expect(waiting.retry?.reason).toContain('nothing more');
      rig.engine.sessions.get(id).work.retryNow();
      expect(await turn).toMatchObject({ end: 'completed' });
    });

    test('cancel: during an answer the turn ends at once, and the session continues', async () => {
      const rig = await setUp();
      rig.front.spoil('silent');
      rig.script({ content: LONG_TEXT }, { content: 'Here again.' });
      const id = await rig.newSession();
      const turn = rig.run(id, 'hello');
      await rig.until('item.added', ({ item }) => item.kind === 'assistant');
      const askedMs = Date.now();
      rig.engine.sessions.get(id).work.cancel();
      expect(await turn).toMatchObject({ end: 'cancelled' });
      expect(Date.now() - askedMs).toBeLessThan(1000); // 100 ms are promised; this machine is shared
      expect(await rig.run(id, 'go on')).toMatchObject({ end: 'completed' });
    });

    test('context overflow: the conversation is summarized, sent again, and continues from the summary', async () => {
      const rig = await setUp();
      const id = await rig.newSession();
      const question = 'A long question about the code. '.repeat(200);
      rig.script({ content: 'First.' }, { content: 'Second.' });
      await rig.run(id, `one ${question}`);
      await rig.run(id, `two ${question}`);
      rig.front.spoil(error(under.overflow.status, under.overflow.message, 'context_length_exceeded'));
      rig.script({ content: '## Request\nThe tests must pass.' }, { content: 'Third.' });
      expect(await rig.run(id, 'three')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain('The tests must pass.');
      expect(lastBody(rig)).not.toContain(`one ${question}`);
    });

    test('context overflow with nothing to summarize: the failure says that it is too long, and for which model', async () => {
      const rig = await setUp();
      rig.front.spoil(error(under.overflow.status, under.overflow.message, 'context_length_exceeded'));
      const id = await rig.newSession();
      const result = await rig.run(id, 'hello');
      expect(result).toMatchObject({ end: 'failed', error: { code: 'context_too_long' } });
      expect(result.error?.message).toContain(under.modelId);
    });

    test('switch of provider within a session: thinking and calls are sent in a form that the other accepts', async () => {
      const rig = await setUp({ 'a.txt': 'content of a', 'b.txt': 'content of b' });
      const id = await rig.newSession();
      rig.script(
        { reasoning: 'Two files.', toolCalls: [readFile(rig, 'a.txt', 'call_a'), readFile(rig, 'b.txt', 'call_b')] },
        { content: 'Read.', reasoning: 'Now I know.' },
      );
      expect(await rig.run(id, 'read both')).toMatchObject({ end: 'completed' });
      rig.engine.sessions.get(id).setModel(await rig.modelOf(other.protocol));
      rig.script({ content: 'I have seen them too.' });
      expect(await rig.run(id, 'what was in them?')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toMatch(/content of a[\s\S]*content of b[\s\S]*what was in them/);
      rig.script({ toolCalls: [readFile(rig, 'a.txt', 'call_a')] }, { content: 'And once more.' });
      expect(await rig.run(id, 'again')).toMatchObject({ end: 'completed' });
      rig.engine.sessions.get(id).setModel(await rig.modelOf(under.protocol));
      rig.script({ content: 'Back again.' });
      expect(await rig.run(id, 'and you?')).toMatchObject({ end: 'completed' });
      expect(lastBody(rig)).toContain('I have seen them too.');
    });

    test('the key is sent to its own origin only: no event, no file, no error contains it', async () => {
      const rig = await setUp();
      const stolen: unknown[] = [];
      const thief = createServer((request, response) => {
        stolen.push(request.headers);
        response.end();
      });
      await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
      const { port } = thief.address() as AddressInfo; // a TCP server has one
      const id = await rig.newSession();
      rig.front.spoil(error(401, `Incorrect API key provided: ${KEY}`, KEY));
      await rig.run(id, 'hello');
      rig.front.spoil({ ...error(307, 'moved'), headers: { location: `http://127.0.0.1:${port}/v1/x` } });
      await rig.run(id, 'hello again');
      rig.script({ content: 'Hi.' });
      await rig.run(id, 'once more');
      await new Promise((resolve) => thief.close(resolve));
      expect(rig.front.requests.some((request) => JSON.stringify(request.headers).includes(KEY))).toBe(true);
      expect(rig.front.requests.filter((request) => request.body.includes(KEY) || request.path.includes(KEY))).toEqual([]);
      expect(stolen).toEqual([]);
      expect([JSON.stringify(rig.events), ...rig.allFiles()].filter((text) => text.includes(KEY))).toEqual([]);
    });

    test('the connection test lists models and receives an answer', async () => {
      const rig = await setUp();
      rig.script({ content: 'ok' });
      const { providerId, modelId } = await rig.modelOf(under.protocol);
      expect(await rig.engine.providers.test({ providerId, modelId })).toMatchObject({ outcome: 'works', testedModel: modelId });
      rig.front.spoil(error(401, 'Incorrect API key provided', 'invalid_api_key'));
      expect(await rig.engine.providers.test({ providerId, modelId })).toMatchObject({ outcome: 'key' });
    });
  });
}

/** Sent in many pieces, so that any protocol has delivered a part when it breaks off. */
const LONG_TEXT = 'This answer stops in the middle and is never whole. '.repeat(20);

function statusOf(item: TranscriptItem): string {
  return item.kind === 'tool' ? item.status : item.kind;
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A prompt with an image, and its answer, as Qwen Code writes them. */
function writeSession(rig: AgentRig, parts: readonly object[]): SessionId {
  const sessionId = '5b76bde4-bb2f-423a-8cd4-f92b830c8b0e';
  const common = { sessionId, timestamp: '2026-05-17T10:00:00.000Z', cwd: rig.root, version: '0.15.10' };
  const records = [
    { ...common, uuid: 'a1', parentUuid: null, type: 'user', message: { role: 'user', parts } },
    { ...common, uuid: 'a2', parentUuid: 'a1', type: 'assistant', model: 'm', message: { role: 'model', parts: [{ text: 'Hm.' }] } },
  ];
  mkdirSync(rig.chats, { recursive: true });
  writeFileSync(join(rig.chats, `${sessionId}.jsonl`), `${records.map((record) => JSON.stringify(record)).join('\n')}\n`);
  return SessionId.parse(sessionId);
}
