/** Editors with Gantry and with the real `qwen --acp`, side by side, and each client that editors ship with Gantry. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACP_DIFFERENCES } from './acp-differences.ts';
import { type EditorOptions, SDK_VERSIONS, startEditor } from './acp-editors.ts';
import { linesOf, runScript } from './acp-script.ts';
import type { ProgramName } from './programs.ts';
import { createWorld } from './world.ts';

type Program = Exclude<ProgramName, '0.15.10'>;

async function heardFrom(program: Program, options: EditorOptions): Promise<readonly string[]> {
  await using world = await createWorld();
  await using editor = await startEditor(program, world, options);
  const first = { name: 'initialize', answer: editor.initialized, heard: [] };
  return linesOf([first, ...(await runScript(world, editor))], world);
}

test.concurrent('an editor receives the same from both, value by value, besides what the page lists', async () => {
  const theirs = await heardFrom('0.24.4', { sdk: '2.4.0' });
  const ours = await heardFrom('gantry', { sdk: '2.4.0' });
  const onlyOurs = ours.filter((line) => !theirs.includes(line));
  const onlyTheirs = theirs.filter((line) => !ours.includes(line));
  expect(onlyOurs.filter((line) => !ACP_DIFFERENCES.some((each) => each.ours?.test(line)))).toEqual([]);
  expect(onlyTheirs.filter((line) => !ACP_DIFFERENCES.some((each) => each.theirs?.test(line)))).toEqual([]);
  const page = readFileSync(join(import.meta.dirname, '../../docs/qwen-code.md'), 'utf8');
  const unused = ACP_DIFFERENCES.filter(({ ours: our, theirs: their }) => {
    const isCaused = (lines: readonly string[], form: RegExp | undefined) => form === undefined || lines.some((line) => form.test(line));
    return !isCaused(onlyOurs, our) || !isCaused(onlyTheirs, their);
  });
  expect(unused.map(({ title }) => title)).toEqual([]);
  expect(ACP_DIFFERENCES.filter(({ title }) => !page.includes(`| ${title} |`))).toEqual([]);
});

test.concurrent('the older client receives from Gantry what the newest does', async () => {
  const newest = await heardFrom('gantry', { sdk: '2.4.0' });
  const older = await heardFrom('gantry', { sdk: '0.14.1' });
  // It reads only the fields that it knows.
  const unknown = /\.messageId = |additionalDirectories/;
  expect(older.filter((line) => !newest.includes(line))).toEqual([]);
  expect(newest.filter((line) => !older.includes(line) && !unknown.test(line))).toEqual([]);
});

test.concurrent.each([...SDK_VERSIONS.map((sdk) => ['gantry', sdk] as const), ['0.24.4', '2.4.0'] as const])(
  "%s reads and writes through the editor (client %s), and takes the editor's MCP server",
  async (program, sdk) => {
    await using world = await createWorld();
    const path = join(world.project, 'a.txt');
    writeFileSync(path, 'on the disk\n');
    const texts = new Map([[path, 'one\nunsaved\n']]);
    await using editor = await startEditor(program, world, { sdk, texts });
    const script = join(world.home, 'server.mjs');
    writeFileSync(script, SERVER);
    const mcpServers = [{ name: 'ev', command: process.execPath, args: [script], env: [] }];
    const { sessionId } = await editor.request('session/new', { cwd: world.project, mcpServers });
    const steps = [
      { name: 'read_file', input: { file_path: path } },
      { name: 'edit', input: { file_path: path, old_string: 'unsaved', new_string: 'changed' } },
      { name: 'mcp__ev__ping', input: {} },
    ];
    world.model.answer = ({ body: { messages } }) => {
      const step = steps[messages.filter(({ role }) => role === 'tool').length];
      return step === undefined ? { text: 'Done.' } : { calls: [{ id: `call_${messages.length}`, ...step }] };
    };
    expect(await editor.request('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'go' }] })).toMatchObject({
      stopReason: 'end_turn',
    });
    expect(texts.get(path)).toBe('one\nchanged\n');
    expect(readFileSync(path, 'utf8')).toBe('on the disk\n'); // this editor has not saved
    const sent = JSON.stringify(world.model.requests.at(-1)?.body.messages);
    expect(sent).toContain('pong of the server');
    expect(editor.heard.map(({ method }) => method)).toEqual(expect.arrayContaining(['fs/read_text_file', 'fs/write_text_file']));
    expect(await editor.end()).toBe(0);
  },
);

test.concurrent.each([...SDK_VERSIONS.map((sdk) => ['gantry', sdk] as const), ['0.24.4', '2.4.0'] as const])(
  '%s (client %s): cancel ends the prompt as cancelled',
  async (program, sdk) => {
    await using world = await createWorld();
    await using editor = await startEditor(program, world, { sdk });
    const { sessionId } = await editor.request('session/new', { cwd: world.project, mcpServers: [] });
    world.model.answer = () => ({ silent: true });
    const asked = world.model.nextRequest();
    const running = editor.request('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'wait' }] });
    await asked;
    await editor.notify('session/cancel', { sessionId });
    expect(await running).toMatchObject({ stopReason: 'cancelled' });
  },
);

/** The least of an MCP server. */
const SERVER = `
import { createInterface } from 'node:readline';
const results = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'ev', version: '1' } },
  'tools/list': { tools: [{ name: 'ping', description: 'Answers', inputSchema: { type: 'object', properties: {} } }] },
  'tools/call': { content: [{ type: 'text', text: 'pong of the server' }] },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
});
`;
