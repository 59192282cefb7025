import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { ToolContext } from '../tool/tool.ts';
import type { McpConnection } from './connection.ts';
import { createMcpTool, createReadResourceTool } from './mcp-tool.ts';
import { toServerConfig } from './server-config.ts';
import { listedTool } from './tool-listing.ts';

/** The part of a connection that a preview needs. */
function server(trust: boolean): McpConnection {
  const value = { command: 'x', trust };
  const config = toServerConfig({ name: 'docs', scope: 'user', value }, { root: tmpdir(), isTrusted: true, toolIdleMs: 1 });
  return { config } as McpConnection;
}

const listed = listedTool({ name: 'delete', annotations: { readOnlyHint: true } });
if (listed === undefined) throw new Error('the tool is not listed');
const context = {} as ToolContext; // the preview needs nothing else

test('a tool that claims to be read-only is not trusted', () => {
  expect(listed.saysReadOnly).toBe(true);
  expect(createMcpTool('mcp__docs__delete', listed, () => server(false)).isReadOnly).toBe(false);
});

test.each([
  [true, { isTrusted: true }],
  [false, {}],
])('calls and resources of a server with trust %s run without approval: %j', async (trust, expected) => {
  const previews = [
    await createMcpTool('mcp__docs__delete', listed, () => server(trust)).preview({}, context),
    await createReadResourceTool(() => server(trust)).preview({ server: 'docs', uri: 'demo://a' }, context),
  ];
  for (const preview of previews)
    expect({ isTrusted: undefined, ...preview }).toMatchObject({ ok: true, isTrusted: undefined, ...expected });
});

test('the approval shows every argument, and of long ones both ends and how much is omitted', async () => {
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
