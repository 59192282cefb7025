import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { ApprovalBroker, ApprovalOutcome, ApprovalRequest } from '../approval/approval-broker.ts';
import { defined, ApprovalId } from '../../../preload/contract/index.ts';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { RESULT_LIMIT_CHARS } from './bound-result.ts';
import { createBuiltinTools } from './builtin-tools.ts';
import { defineTool } from './define-tool.ts';
import { runTool } from './run-tool.ts';
import type { Tool, ToolContext } from './tool.ts';
import { createToolRegistry } from './tool-registry.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

const Input = z.object({ count: z.number().int(), names: z.array(z.string()).optional() });

function makeTool(overrides: Partial<Tool<z.infer<typeof Input>>> = {}): Tool {
  return defineTool({
    name: 'probe',
    description: 'A probe.',
    kind: 'other',
    input: Input,
    isReadOnly: false,
    describe: () => ({ verb: 'call', target: 'x' }),
    preview: async () => ({
      ok: true,
      action: { code: 'described', text: 'Probe' },
      display: { kind: 'text', text: 'preview' },
      touches: [],
    }),
    execute: async ({ count }) => ({ text: 'r'.repeat(count), display: { kind: 'none' }, isError: false, summary: 'done' }),
    ...overrides,
  });
}

function run(tool: Tool, input: Record<string, unknown>, answer: ApprovalOutcome = { kind: 'allowed' }, problem?: string) {
  return runIn(workspace.context, tool, input, { answer, problem });
}

function runIn(
  context: ToolContext,
  tool: Tool,
  input: Record<string, unknown>,
  { answer = { kind: 'allowed' }, problem }: { answer?: ApprovalOutcome; problem?: string | undefined } = {},
) {
  const steps: string[] = [];
  const broker: ApprovalBroker = {
    ask: async () => (steps.push('asked'), answer),
    resolve: () => undefined,
    allowWith: () => undefined,
    reconsider: () => undefined,
    pending: () => [],
  };
  const ports = {
    registry: createToolRegistry([tool]),
    broker,
    context,
    readableFolders: [],
    onWaiting: () => undefined,
    onAnswered: () => undefined,
    onRunning: () => void steps.push('running'),
    onChanged: () => void steps.push('changed'),
  };
  const call = { id: 'c1', name: tool.name, input, ...defined({ problem }) };
  return { outcome: runTool(call, ports, never), steps, ports };
}

test('a valid call is approved, run and reported', async () => {
  const { outcome, steps } = run(makeTool(), { count: 3 });
  expect(await outcome).toEqual({ status: 'success', text: 'rrr', display: { kind: 'none' }, summary: 'done' });
  expect(steps).toEqual(['asked', 'running']);
});

test('invalid arguments are named field by field, without an approval', async () => {
  const { outcome, steps } = run(makeTool(), { count: 'many', names: [1] });
  const { status, text } = await outcome;
  expect(status).toBe('error');
  expect(text).toMatch(/count: .*names\.0: /);
  expect(steps).toEqual([]);
});

test('arguments that are not JSON are reported as such', async () => {
  const { outcome } = run(makeTool(), {}, undefined, '{"count": 1');
  expect(await outcome).toMatchObject({ status: 'error', text: expect.stringContaining('{"count": 1') });
});

test('a call that cannot work fails without an approval', async () => {
  const { outcome, steps } = run(makeTool({ preview: async () => ({ ok: false, refusal: 'Read it first.' }) }), { count: 1 });
  expect(await outcome).toMatchObject({ status: 'error', text: 'Read it first.' });
  expect(steps).toEqual([]);
});

test('a refusal runs nothing and keeps what was shown', async () => {
  const { outcome, steps } = run(makeTool(), { count: 1 }, { kind: 'denied', by: 'user', refusal: 'no' });
  expect(await outcome).toEqual({
    status: 'denied',
    text: 'no',
    display: { kind: 'text', text: 'preview' },
    summary: 'Refused by you',
    problem: 'refused',
  });
  expect(steps).toEqual(['asked']);
});

test('a tool that throws is an error result, not an exception', async () => {
  const { outcome } = run(makeTool({ execute: () => Promise.reject(new TypeError('a bug')) }), { count: 1 });
  expect(await outcome).toMatchObject({ status: 'error', text: 'probe failed unexpectedly: a bug' });
});

test('a long result keeps a fifth of its budget from the head and the rest from the tail, and names the file with all of it', async () => {
  const whole = `${'h'.repeat(20_000)}${'😀'.repeat(10_000)}${'t'.repeat(30_000)}`;
  const { outcome } = run(makeTool({ execute: async () => ({ text: whole, display: { kind: 'none' }, isError: false, summary: '' }) }), {
    count: 1,
  });
  const { text } = await outcome;
  const [head = '', middle = '', tail = ''] = text.split('\n\n');
  expect(head).toBe('h'.repeat(5_000));
  expect(tail).toBe('t'.repeat(20_000));
  expect(middle).toContain(`${whole.length - RESULT_LIMIT_CHARS} characters left out`);
  expect(readFileSync(/in (\S+\.output)/.exec(middle)?.[1] ?? '', 'utf8')).toBe(whole);
});

test('a result keeps as many lines as the settings say, a fifth of them from the head', async () => {
  const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('');
  const tool = makeTool({ execute: async () => ({ text: lines(1000, 2000), display: { kind: 'none' }, isError: false, summary: '' }) });
  const settings = (maxLines: number): ToolContext => ({
    ...workspace.context,
    runSettings: async () => ({
      results: { maxLines },
      search: { respectGitIgnore: true, respectQwenIgnore: true, ignoreFiles: [] },
      shell: {},
    }),
  });
  const [head = '', middle = '', tail = ''] = (await runIn(settings(100), tool, { count: 1 }).outcome).text.split('\n\n');
  expect(`${head}\n`).toBe(lines(1000, 1020));
  expect(tail).toBe(lines(1920, 2000));
  expect(middle).toContain('characters left out');
  expect((await runIn(settings(1001), tool, { count: 1 }).outcome).text).toBe(lines(1000, 2000));
});

test('a cut never splits a character', async () => {
  for (const text of [`x${'😀'.repeat(30_000)}`, `x${'😀'.repeat(30_000)}y`]) {
    const { outcome } = run(makeTool({ execute: async () => ({ text, display: { kind: 'none' }, isError: false, summary: '' }) }), {
      count: 1,
    });
    expect((await outcome).text.isWellFormed()).toBe(true);
  }
});

test('an unknown name lists the available names, a legacy name runs its tool', () => {
  const registry = createToolRegistry(createBuiltinTools());
  expect(registry.get('replace')?.name).toBe('edit');
  expect(registry.get('nothing')).toBeUndefined();
  expect(registry.describe('nothing', {}, workspace.context)).toEqual({ verb: 'call', target: 'nothing', toolKind: 'other' });
  expect(registry.describe('read_file', { wrong: 1 }, workspace.context)).toEqual({
    verb: 'call',
    target: 'read_file',
    toolKind: 'read',
  });
});

test('schemas are plain JSON Schema objects in a stable order', () => {
  const [first, second] = [createToolRegistry(createBuiltinTools()), createToolRegistry(createBuiltinTools())];
  expect(JSON.stringify(first.schemas)).toBe(JSON.stringify(second.schemas));
  const rare = new Set(first.deferred.map(({ name }) => name));
  expect(rare.has('notebook_edit')).toBe(true);
  expect(first.schemas.map((schema) => schema.name)).toEqual(first.names.filter((name) => !rare.has(name)));
  for (const schema of first.schemas) expect(schema.parameters).toMatchObject({ type: 'object', properties: expect.any(Object) });
});

/** The call as the broker gets it; `steps` are the changes of its row. */
async function asked(tool: Tool, context: ToolContext, readableFolders: readonly string[], isWaiting: boolean) {
  const requests: ApprovalRequest[] = [];
  const steps: string[] = [];
  const broker: ApprovalBroker = {
    async ask(request, _signal, onWaiting) {
      requests.push(request);
      if (isWaiting) onWaiting(ApprovalId.parse('a1'));
      return { kind: 'allowed' };
    },
    resolve: () => undefined,
    allowWith: () => undefined,
    reconsider: () => undefined,
    pending: () => [],
  };
  const ports = {
    registry: createToolRegistry([tool]),
    broker,
    context,
    readableFolders,
    onWaiting: () => void steps.push('waiting'),
    onAnswered: () => void steps.push('answered'),
    onRunning: () => void steps.push('running'),
    onChanged: () => void steps.push('changed'),
  };
  await runTool({ id: 'c1', name: tool.name, input: { count: 1 } }, ports, never);
  return { request: requests[0], steps };
}

test('folders that may only be read are no part of the workspace for a tool that changes something', async () => {
  const [own, added, readable, elsewhere] = ['own', 'added', 'readable', 'elsewhere'].map((name) => workspace.path('..', name, 'a.txt'));
  const touches = [own, added, readable, elsewhere].flatMap((path) => path ?? []);
  const context = { ...workspace.context, root: workspace.path('..', 'own'), extraFolders: [workspace.path('..', 'added')] };
  const inside = async (kind: Tool['kind']) => {
    const tool = makeTool({
      kind,
      preview: async () => ({ ok: true, action: { code: 'described', text: 'Probe' }, display: { kind: 'none' }, touches }),
    });
    const { request } = await asked(tool, context, [workspace.path('..', 'readable')], false);
    return request?.touches.map(({ isInside }) => isInside);
  };
  for (const kind of ['read', 'search', 'task'] as const) expect(await inside(kind)).toEqual([true, true, true, false]);
  for (const kind of ['edit', 'shell', 'other'] as const) expect(await inside(kind)).toEqual([true, true, false, false]);
});

test('a call that needed an approval leaves the queue; any other call never enters it', async () => {
  expect((await asked(makeTool(), workspace.context, [], true)).steps).toEqual(['waiting', 'answered', 'running']);
  expect((await asked(makeTool(), workspace.context, [], false)).steps).toEqual(['running']);
});

test('a tool that throws because of an abort is cancelled', async () => {
  const controller = new AbortController();
  const tool = makeTool({
    execute: () => {
      controller.abort();
      return Promise.reject(new Error('aborted'));
    },
  });
  const { ports } = run(makeTool(), { count: 0 });
  const registry = createToolRegistry([tool]);
  const outcome = await runTool({ id: 'c1', name: 'probe', input: { count: 1 } }, { ...ports, registry }, controller.signal);
  expect(outcome).toMatchObject({ status: 'cancelled' });
});

test('a long result that cannot be saved says that the rest is lost', async () => {
  const writeBytes = () => Promise.reject(new Error('The disk is full.'));
  const context = { ...workspace.context, fs: { ...workspace.context.fs, writeBytes } };
  const { outcome } = runIn(context, makeTool(), { count: 30_000 });
  expect(await outcome).toMatchObject({
    status: 'success',
    text: expect.stringContaining('5000 characters left out. The rest could not be saved.'),
  });
});
