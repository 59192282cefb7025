import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ItemId, type ToolDisplay, type ToolItem } from '../../../preload/contract/index.ts';
import { makeWorkspace, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { defineTool } from '../tool/define-tool.ts';
import type { Tool, ToolResult } from '../tool/tool.ts';
import { runCall } from './run-call.ts';
import type { TurnOutput } from './turn-output.ts';
import { makeTurn, type TestTurn } from './turn-request.fixture.ts';
import { createTurnRun, type TurnRequest, type TurnRun } from './turn-context.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

const SHELL: ToolDisplay = { kind: 'shell', command: 'make', cwd: '/p', outcome: 'running' };
const shown = (text: string): ToolDisplay => ({ kind: 'text', text });
const done = (overrides: Partial<ToolResult> = {}): ToolResult => ({
  text: 'done',
  display: { kind: 'none' },
  isError: false,
  summary: 'done',
  ...overrides,
});

function probe(execute: Tool['execute'], display: ToolDisplay = { kind: 'none' }): Tool {
  return defineTool({
    name: 'probe',
    description: 'A probe.',
    kind: 'other',
    input: z.object({}),
    isReadOnly: false,
    describe: () => ({ verb: 'call', target: 'x' }),
    preview: async () => ({ ok: true, action: { code: 'described', text: 'Probe' }, display, touches: [] }),
    execute,
  });
}

/** Starts the call `c1` of the tool; `changes` are all states of its row, including the last. */
function start(tool: Tool, overrides: Partial<TurnRequest> = {}) {
  const turn: TestTurn = makeTurn(workspace, { tools: [tool], ...overrides });
  const run: TurnRun = createTurnRun(turn.request);
  const changes: ToolItem[] = [];
  const take = (output: TurnOutput) => {
    if (output.kind === 'item_changed' && output.item.kind === 'tool') changes.push(output.item);
  };
  const item: ToolItem = {
    kind: 'tool',
    id: ItemId.parse('c1'),
    name: 'probe',
    toolKind: 'other',
    verb: 'call',
    target: 'x',
    status: 'pending',
    startedAtMs: turn.clock.now(),
    display: { kind: 'none' },
  };
  run.advance({ kind: 'tools_started' });
  const result = runCall(
    run,
    { call: { id: 'c1', name: 'probe', input: {} }, item },
    { queue: { push: take }, emitEnd: (ends) => ends.forEach(take) },
  );
  return { ...turn, run, changes, result };
}

test('a cancelled tool that reports progress again does not change its ended row', async () => {
  const running = Promise.withResolvers<(display: ToolDisplay) => void>();
  const tool = probe(async (_input, { progress }) => {
    running.resolve(progress);
    return await new Promise(() => undefined);
  });
  const { changes, result, control, clock } = start(tool);
  const progress = await running.promise;
  progress(shown('half'));
  control.cancel();
  clock.advance(100);
  expect(await result).toMatchObject({ isError: true });
  expect(changes.map(({ status, display }) => [status, display])).toEqual([
    ['running', { kind: 'none' }],
    ['running', shown('half')],
    ['cancelled', shown('half')],
  ]);
  progress(shown('late'));
  expect(changes).toHaveLength(3);
});

test('a cancelled tool that ends within the grace period returns its own result', async () => {
  const running = Promise.withResolvers<void>();
  const tool = probe(async (_input, _context, signal) => {
    running.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return done({ text: 'printed so far', isError: true });
  });
  const { result, control, clock, changes } = start(tool);
  await running.promise;
  control.cancel();
  expect(await result).toMatchObject({ isError: true, text: 'printed so far' });
  expect(changes.at(-1)).toMatchObject({ status: 'cancelled' });
  expect(clock.pending()).toBe(0);
});

test.each([
  [{ isError: false }, 'success', 'completed'],
  [{ isError: true }, 'error', 'failed'],
] as const)('a running command without further details ends with its call: %o', async (given, status, outcome) => {
  const { result, changes } = start(probe(async () => done(given), SHELL));
  await result;
  expect(changes.at(-1)).toMatchObject({ status, display: { ...SHELL, outcome } });
});

test('a denied call is in the result of the turn, an allowed one is not', async () => {
  const broker: TurnRequest['broker'] = {
    ask: async () => ({ kind: 'denied', by: 'user', refusal: 'no' }),
    resolve: () => undefined,
    allowWith: () => undefined,
    reconsider: () => undefined,
    pending: () => [],
  };
  const refused = start(
    probe(async () => done()),
    { broker },
  );
  await refused.result;
  const allowed = start(probe(async () => done()));
  await allowed.result;
  const denied = [refused, allowed]
    .map(({ run }) => run.finish('completed'))
    .map((end) => (end.kind === 'ended' ? end.result.denied : undefined));
  expect(denied).toEqual([[{ toolCallId: 'c1', toolName: 'probe', input: {} }], []]);
});
