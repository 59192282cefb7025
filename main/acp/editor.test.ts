import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestError } from '@agentclientprotocol/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { calls, says } from '../test/support/scripted-model.ts';
import { type AcpFixture, createAcpFixture } from './acp.fixture.ts';

const FS = { fs: { readTextFile: true, writeTextFile: true } };
const read = (path: string) => calls({ id: 'c1', name: 'read_file', input: { file_path: path } });
const edit = (path: string, from: string, to: string) =>
  calls({ id: 'c2', name: 'edit', input: { file_path: path, old_string: from, new_string: to } });

/** What the model was sent last. */
const sent = (acp: AcpFixture) => JSON.stringify(acp.engine.model.requests.at(-1)?.messages);

/** An editor with these texts open. */
function editorWith(texts: Record<string, string>) {
  const asked: string[] = [];
  const written: { path: string; content: string }[] = [];
  return {
    asked,
    written,
    requests: {
      'fs/read_text_file': ({ path }: Record<string, unknown>) => {
        asked.push(String(path));
        const name = Object.keys(texts).find((known) => String(path).endsWith(`/${known}`));
        if (name === undefined) throw new RequestError(-32002, 'Resource not found');
        return { content: texts[name] };
      },
      'fs/write_text_file': ({ path, content }: Record<string, unknown>) => {
        written.push({ path: String(path), content: String(content) });
        writeFileSync(String(path), String(content));
        return {};
      },
    },
  };
}

test("the agent reads and changes the editor's unsaved text, and writes through the editor", async () => {
  const editor = editorWith({ 'a.txt': 'one\nunsaved\n' });
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), edit('a.txt', 'unsaved', 'changed'), says('Done.')], files: { 'a.txt': 'one\ntwo\n' } },
    ...{ capabilities: FS, requests: editor.requests },
  });
  await acp.prompt(await acp.open(), 'change it');
  const path = join(acp.engine.root, 'a.txt');
  expect(acp.asked[0]?.toolCall.content).toContainEqual({ type: 'diff', path, oldText: 'one\nunsaved\n', newText: 'one\nchanged\n' });
  expect(editor.written).toEqual([{ path, content: 'one\nchanged\n' }]);
  expect(readFileSync(path, 'utf8')).toBe('one\nchanged\n');
});

test('a new file is made by the editor', async () => {
  const editor = editorWith({});
  const write = calls({ id: 'c1', name: 'write_file', input: { file_path: 'new.txt', content: 'new' } });
  const acp = await createAcpFixture({ answers: [write, says('Made.')], capabilities: FS, requests: editor.requests });
  await acp.prompt(await acp.open(), 'make it');
  expect(editor.written).toEqual([{ path: join(acp.engine.root, 'new.txt'), content: 'new' }]);
});

test('line endings and mark of the file stay, though the editor has neither', async () => {
  const editor = editorWith({ 'a.txt': 'one\ntwo\n' });
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), edit('a.txt', 'two', '2'), says('Done.')], files: { 'a.txt': '\uFEFFone\r\ntwo\r\n' } },
    ...{ capabilities: FS, requests: editor.requests },
  });
  await acp.prompt(await acp.open(), 'change it');
  expect(editor.written[0]?.content).toBe('\uFEFFone\r\n2\r\n');
});

test('a file that the editor does not know is read from the disk', async () => {
  const editor = editorWith({});
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), says('Read.')], files: { 'a.txt': 'on the disk\n' } },
    ...{ capabilities: FS, requests: editor.requests },
  });
  await acp.prompt(await acp.open(), 'read it');
  expect(sent(acp)).toContain('on the disk');
});

test('without the capability the editor is not asked', async () => {
  const editor = editorWith({ 'a.txt': 'unsaved\n' });
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), says('Read.')], files: { 'a.txt': 'on the disk\n' } },
    requests: editor.requests,
  });
  await acp.prompt(await acp.open(), 'read it');
  expect(editor.asked).toEqual([]);
  expect(sent(acp)).toContain('on the disk');
});

test('the editor is not asked about a file outside the workspace, nor about one that is not text', async () => {
  const editor = editorWith({ hosts: 'from the editor', 'a.bin': 'from the editor' });
  const outside = calls({ id: 'c1', name: 'read_file', input: { file_path: '/etc/hosts' } });
  const binary = calls({ id: 'c2', name: 'read_file', input: { file_path: 'a.bin' } });
  const acp = await createAcpFixture({
    ...{ answers: [outside, binary, says('Read.')], files: { 'a.bin': 'a\0b\0\0\0' } },
    ...{ capabilities: FS, requests: editor.requests },
  });
  await acp.prompt(await acp.open(), 'read them');
  expect(acp.asked).toHaveLength(1); // outside, so the user was asked as always
  expect(editor.asked).toEqual([]);
});

test.each([
  ['an error', () => Promise.reject(new Error('the buffer is gone')), 'The editor could not give the text of'],
  ['no text', () => ({ content: 7 }), 'The editor answered without the text of'],
])('when the editor answers with %s, the call fails and says so', async (_name, answer, message) => {
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), says('No.')], files: { 'a.txt': 'on the disk\n' } },
    ...{ capabilities: FS, requests: { 'fs/read_text_file': answer } },
  });
  await acp.prompt(await acp.open(), 'read it');
  expect(sent(acp)).toContain(message);
  expect(acp.ofKind('tool_call_update').at(-1)).toMatchObject({ status: 'failed' });
});

test('a prompt that refers to an open file has the unsaved text', async () => {
  const editor = editorWith({ 'a.txt': 'unsaved\n' });
  const acp = await createAcpFixture({
    ...{ answers: [says('Read.')], files: { 'a.txt': 'on the disk\n' }, capabilities: FS, requests: editor.requests },
  });
  await acp.prompt(await acp.open(), { type: 'resource_link', uri: `file://${acp.engine.root}/a.txt`, name: 'a.txt' });
  expect(sent(acp)).toContain('unsaved');
});

test('what the agent changed in the editor is undone', async () => {
  const editor = editorWith({ 'a.txt': 'one\nunsaved\n' });
  const acp = await createAcpFixture({
    ...{ answers: [read('a.txt'), edit('a.txt', 'unsaved', 'changed'), says('Done.')], files: { 'a.txt': 'one\ntwo\n' } },
    ...{ capabilities: { fs: { readTextFile: true, writeTextFile: true } }, requests: editor.requests },
  });
  const id = await acp.open();
  await acp.prompt(id, 'change it');
  acp.connection.close();
  const session = acp.engine.engine.sessions.get(id as never);
  await session.undoChanges({}, 'leave');
  expect(readFileSync(join(acp.engine.root, 'a.txt'), 'utf8')).toBe('one\nunsaved\n');
});

/** The least of an MCP server over streamable HTTP. */
async function startMcpServer(): Promise<{ url: string; headers: (string | undefined)[] }> {
  const headers: (string | undefined)[] = [];
  const results: Record<string, object> = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'ev', version: '1' },
      instructions: 'Ping twice.',
    },
    'tools/list': { tools: [{ name: 'ping', description: 'Answers', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'pong from the server' }] },
  };
  const server = createServer((request, response) => {
    let body = '';
    headers.push(request.headers['x-mark']?.toString());
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { id, method = '' } = body === '' ? {} : JSON.parse(body);
      if (results[method] === undefined) response.writeHead(request.method === 'POST' ? 202 : 405).end();
      else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`, headers };
}

test("the editor's MCP server over HTTP is there in the first turn, its calls ask, and it ends with the connection", async () => {
  const { url, headers } = await startMcpServer();
  const acp = await createAcpFixture({ answers: [calls({ id: 'c1', name: 'mcp__ev__ping', input: {} }), says('Pong.')] });
  const server = { type: 'http', name: 'ev', url, headers: [{ name: 'x-mark', value: 'mine' }] };
  const id = await acp.open({ mcpServers: [server] });
  await acp.prompt(id, 'ping');
  expect(acp.asked[0]).toMatchObject({
    toolCall: { kind: 'other', _meta: { toolName: 'mcp__ev__ping', provenance: 'mcp', serverId: 'ev' } },
  });
  expect(sent(acp)).toContain('pong from the server');
  expect(headers).toContain('mine');
  expect(acp.engine.model.requests[0]?.system).toContain('How to use ev, in its own words:\nPing twice.');
  expect(acp.engine.model.requests[0]?.tools.map(({ name }) => name)).toContain('mcp__ev__ping');
  acp.connection.close();
  const open = () => acp.engine.engine.sessions.open(acp.engine.project.id, id as never);
  await expect.poll(async () => (await open()).toolNames).not.toContain('mcp__ev__ping');
});

test("the editor's MCP server is a program with its own variables", async () => {
  const acp = await createAcpFixture({
    answers: [calls({ id: 'c1', name: 'mcp__prog__environment', input: {} }), says('Heard.')],
  });
  const fixture = join(import.meta.dirname, '../engine/mcp/hostile-server.fixture.ts');
  const server = { name: 'prog', command: process.execPath, args: [fixture, 'well'], env: [{ name: 'EDITOR_MARK', value: 'mine' }] };
  await acp.prompt(await acp.open({ mcpServers: [server] }), 'show it');
  expect(sent(acp)).toContain('EDITOR_MARK');
});

test.each([
  ['a server without a command', { name: 'x', command: '', args: [], env: [] }, /not valid/],
  ['a server without a name', { name: '', command: 'x', args: [], env: [] }, /1 to 100/],
  ['an address of another kind', { type: 'http', name: 'x', url: 'file:///etc/passwd', headers: [] }, /not valid/],
])('%s is refused', async (_name, server, message) => {
  const acp = await createAcpFixture();
  await expect(acp.open({ mcpServers: [server] })).rejects.toMatchObject({ code: -32602, message: expect.stringMatching(message) });
});

test('two servers of one name are refused', async () => {
  const acp = await createAcpFixture();
  const server = { name: 'x', command: 'x', args: [], env: [] };
  await expect(acp.open({ mcpServers: [server, server] })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining('Two MCP servers'),
  });
});
