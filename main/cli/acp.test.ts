import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { client, methods, ndJsonStream, type SessionUpdate } from '@agentclientprotocol/sdk';
import { expect, test } from 'vitest';
import { callThenSay, setUp } from './cli.fixture.ts';

test('an editor starts the program, uses it over standard input and output, and ends it by closing the input', async () => {
  const { project, start } = await setUp(callThenSay('write_file', { file_path: 'made.txt', content: 'made' }));
  const child = start(['--acp']);
  const printed: string[] = [];
  child.stdout.on('data', (chunk) => void printed.push(String(chunk)));
  const updates: SessionUpdate[] = [];
  const app = client({ name: 'editor' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, () => ({ outcome: { outcome: 'selected', optionId: 'proceed_once' } }));
  const connection = app.connect(ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>));
  const { agent } = connection;
  await agent.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} });
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: project, mcpServers: [] });
  const answer = await agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: 'make it' }] });
  expect(answer).toMatchObject({ stopReason: 'end_turn' });
  expect(updates).toContainEqual(expect.objectContaining({ sessionUpdate: 'tool_call', kind: 'edit' }));
  expect(readFileSync(join(project, 'made.txt'), 'utf8')).toBe('made');

  const ended = once(child, 'close');
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
  const lines = printed.join('').trimEnd().split('\n');
  expect(lines.every((line) => JSON.parse(line).jsonrpc === '2.0')).toBe(true);
});
