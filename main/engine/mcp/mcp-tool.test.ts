import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { ToolContext } from '../tool/tool.ts';
import type { McpConnection } from './connection.ts';
import { createMcpTool, createReadResourceTool } from './mcp-tool.ts';
import { serverConfigOf } from './server-config.ts';
import { listedTool } from './tool-listing.ts';

/** As much of a connection as a preview asks for. */
function server(trust: boolean): McpConnection {
  const value = { command: 'x', trust };
  const config = serverConfigOf({ name: 'docs', scope: 'user', value }, { root: tmpdir(), isTrusted: true, toolIdleMs: 1 });
  return { config } as McpConnection;
}

const listed = listedTool({ name: 'delete', annotations: { readOnlyHint: true } });
if (listed === undefined) throw new Error('the tool is not listed');
const context = {} as ToolContext; // nothing of it is asked

test('a tool that says it only reads is not believed', () => {
  expect(listed.saysReadOnly).toBe(true);
  expect(createMcpTool('mcp__docs__delete', listed, () => server(false)).isReadOnly).toBe(false);
});

test.each([
  [true, { isTrusted: true }],
  [false, {}],
])('calls and resources of a server with trust %s run without a question: %j', async (trust, expected) => {
  const previews = [
    await createMcpTool('mcp__docs__delete', listed, () => server(trust)).preview({}, context),
    await createReadResourceTool(() => server(trust)).preview({ server: 'docs', uri: 'demo://a' }, context),
  ];
  for (const preview of previews)
    expect({ isTrusted: undefined, ...preview }).toMatchObject({ ok: true, isTrusted: undefined, ...expected });
});

test('the question shows every argument, and of long ones both ends and how much is left out', async () => {
  const tool = createMcpTool('mcp__docs__delete', listed, () => server(false));
  const shownFor = async (input: object) => {
    const preview = await tool.preview(input, context);
    if (!preview.ok || preview.display.kind !== 'text') throw new Error('there is no text');
    return preview.display.text;
  };
  expect(JSON.parse(await shownFor({ path: '/a', deep: { b: [1] } }))).toEqual({ path: '/a', deep: { b: [1] } });
  const long = await shownFor({ first: 'x'.repeat(30_000), last: 'rm -rf /' });
  expect(long).toMatch(/^\{\n {2}"first": "x+\n\[\.\.\. \d+ characters are not shown \.\.\.\]\nx+",\n {2}"last": "rm -rf \/"\n\}$/);
});
