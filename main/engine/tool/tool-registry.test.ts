import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import type { Tool } from './tool.ts';
import { createToolRegistry } from './tool-registry.ts';
import { toolSearchTool } from './tool-search.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

function makeTool(name: string, overrides: Partial<Tool> = {}): Tool {
  return {
    name,
    description: `Does ${name}`,
    kind: 'other',
    input: z.object({ value: z.string() }),
    isReadOnly: false,
    describe: () => ({ verb: 'call', target: name }),
    preview: async () => ({ ok: true, action: { code: 'described', text: name }, display: { kind: 'none' }, touches: [] }),
    execute: async () => ({ text: '', display: { kind: 'none' }, isError: false, summary: '' }),
    ...overrides,
  };
}

const namesOf = (registry: { schemas: readonly { name: string }[] }) => registry.schemas.map(({ name }) => name);

test('the list sent to the model only grows at its end, and stays the same value in between', () => {
  const base = createToolRegistry([makeTool('a'), makeTool('rare', { deferred: true }), makeTool('b')]);
  const session = base.child();
  const first = session.schemas;
  expect(namesOf(session)).toEqual(['a', 'b']);
  expect(session.schemas).toBe(first);
  base.add([makeTool('mcp__s__one')], { deferred: true });
  expect(session.schemas).toBe(first);
  base.add([makeTool('c')]);
  session.reveal(['rare']);
  const second = session.schemas;
  expect(namesOf(session)).toEqual(['a', 'b', 'rare', 'c']);
  expect(second.slice(0, 2).every((schema, at) => schema === first[at])).toBe(true);
  session.reveal(['mcp__s__one']);
  expect(namesOf(session)).toEqual(['a', 'b', 'rare', 'c', 'mcp__s__one']);
});

test('a tool revealed in one session stays deferred in another', () => {
  const base = createToolRegistry([makeTool('rare', { deferred: true })]);
  const [one, other] = [base.child(), base.child()];
  one.reveal(['rare']);
  expect([namesOf(one), namesOf(other)]).toEqual([['rare'], []]);
  expect([one.deferred.length, other.deferred.map(({ name }) => name)]).toEqual([0, ['rare']]);
});

test('a deferred tool can be called by its name', () => {
  expect(createToolRegistry([makeTool('rare', { deferred: true })]).get('rare')?.name).toBe('rare');
});

test('a tool that is taken away is unknown, and its place in the request stays', () => {
  const base = createToolRegistry([makeTool('a')]);
  const session = base.child();
  const remove = base.add([makeTool('mcp__s__one'), makeTool('mcp__s__two')]);
  const before = session.schemas;
  remove();
  expect(session.get('mcp__s__one')).toBeUndefined();
  expect(session.names).toEqual(['a']);
  expect(session.schemas).toBe(before);
});

test('a server that returns with other parameters is sent with them, in the old position', () => {
  const base = createToolRegistry([]);
  base.add([makeTool('one', { parameters: { type: 'object', old: true } })])();
  base.add([makeTool('one', { parameters: { type: 'object' } }), makeTool('two')]);
  expect(base.schemas.map(({ name, parameters }) => [name, 'old' in parameters])).toEqual([
    ['one', false],
    ['two', false],
  ]);
});

test('a layer hides tools that it does not allow and keeps its own', () => {
  const child = createToolRegistry([makeTool('a'), makeTool('b')]).child(({ name }) => name === 'a');
  child.add([makeTool('c')]);
  expect(child.names).toEqual(['a', 'c']);
  expect(child.get('b')).toBeUndefined();
});

test.each([
  ['replace', 'edit'],
  ['search_file_content', 'grep_search'],
  ['task', 'agent'],
])('the older name %s means %s', (older, name) => {
  expect(createToolRegistry([makeTool(name)]).get(older)?.name).toBe(name);
});

test('a search by name answers the schema and makes the tool part of the next request', async () => {
  const base = createToolRegistry([makeTool('a'), makeTool('rare', { deferred: true })]);
  const result = await toolSearchTool.execute({ query: 'select: rare, nothing' }, { ...workspace.context, catalog: base }, never);
  expect(result.isError).toBe(false);
  expect(result.text).toContain('"name":"rare"');
  expect(result.text).toContain('"value":{"type":"string"}');
  expect(namesOf(base)).toEqual(['a', 'rare']);
});

test('a search by words finds the nearest first and no more than asked for', async () => {
  const tools = ['mcp__db__query', 'mcp__db__schema', 'mcp__mail__send'].map((name) => makeTool(name, { deferred: true }));
  const base = createToolRegistry(tools);
  await toolSearchTool.execute({ query: 'db SCHEMA', max_results: 1 }, { ...workspace.context, catalog: base }, never);
  expect(namesOf(base)).toEqual(['mcp__db__schema']);
});

test('a search without a match names the available tools', async () => {
  const base = createToolRegistry([makeTool('rare', { deferred: true })]);
  const result = await toolSearchTool.execute({ query: 'zebra' }, { ...workspace.context, catalog: base }, never);
  expect(result).toMatchObject({ isError: true, text: 'Error: No tool fits "zebra". There are: rare.' });
});
