/**
 * The tool calls of one answer: rows, approval, execution, records, and one message with all results.
 * Consecutive read-only calls run in parallel (at most 10, or the configured limit), including commands that the shell grammar classifies as
 * read-only. All other calls run one at a time and in order. Every call gets exactly one result, even if the turn is cancelled or a guard ends it.
 */
import { defined, ItemId, type ToolItem } from '../../../preload/contract/index.ts';
import { type AsyncQueue, createAsyncQueue } from '../lib/async-queue.ts';
import type { ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { afterCalls } from './turn-hooks.ts';
import type { LoopGuard } from './loop-guard.ts';
import { type PlannedCall, runCall } from './run-call.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnFailure, TurnRun } from './turn-context.ts';

/** Source: docs/formats.md 4.2. */
const MAX_PARALLEL = 10;

export type CallsEnd =
  /** `endsTurn`: a call has delivered the final answer. */
  | { readonly kind: 'done'; readonly endsTurn: boolean }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: TurnFailure };

export async function* runCalls(run: TurnRun, calls: readonly ModelToolCall[], guard: LoopGuard): AsyncGenerator<TurnOutput, CallsEnd> {
  const planned = plan(run, calls, guard);
  // The arguments are sent once, to the clients that are connected; no later change or snapshot repeats them.
  for (const { call, item } of planned) yield { kind: 'item_added', item: { ...item, input: call.input } };
  yield* run.advance({ kind: 'tools_started' });
  const results: ModelToolResult[] = [];
  const { parallelCalls = MAX_PARALLEL } = run.request.limits;
  for (const batch of await toBatches(run, planned)) {
    const queue = createAsyncQueue<TurnOutput>();
    const emitEnd = inOrder(queue);
    const work = mapConcurrently(batch, parallelCalls, (call, at) =>
      runCall(run, call, { queue, emitEnd: (outputs) => emitEnd(at, outputs) }),
    ).finally(() => queue.close());
    yield* queue;
    results.push(...(await work));
  }
  yield { kind: 'message', message: { role: 'tool', results } };
  yield* afterCalls(
    run,
    calls.flatMap((call, at) => {
      const result = results[at];
      return result === undefined ? [] : [{ call, result }];
    }),
  );
  if (run.request.control.signal.aborted) return { kind: 'cancelled' };
  const failure = planned.find((call) => call.refusal !== undefined)?.refusal;
  if (failure !== undefined) return { kind: 'failed', failure };
  return { kind: 'done', endsTurn: results.some(({ name, isError }) => !isError && run.request.registry.get(name)?.endsTurn === true) };
}

function plan(run: TurnRun, calls: readonly ModelToolCall[], guard: LoopGuard): readonly PlannedCall[] {
  const { registry, toolContext, clock, limits } = run.request;
  const budget = limits.maxToolCalls ?? -1;
  let refusal: TurnFailure | undefined;
  return calls.map((call) => {
    const id = ItemId.parse(call.id);
    const { verb, target, toolKind } = registry.describe(
      call.name,
      call.input,
      toolContext(id, () => undefined),
    );
    const item: ToolItem = {
      kind: 'tool',
      id,
      name: call.name,
      toolKind,
      verb,
      target,
      status: 'pending',
      startedAtMs: clock.now(),
      display: { kind: 'none' },
    };
    const count = run.countToolCall();
    if (budget >= 0 && count > budget)
      refusal ??= {
        code: 'tool_limit_reached',
        message: `The limit of ${budget} tool calls is reached. Call ${count} was not run.`,
      };
    if (limits.allowsLoops !== true && guard.isLoop(call))
      refusal ??= {
        code: 'loop_detected',
        message: `The model repeated the same call to ${call.name}, so the turn was stopped.`,
      };
    return { call, item, ...defined({ refusal }) };
  });
}

async function toBatches(run: TurnRun, calls: readonly PlannedCall[]): Promise<readonly (readonly PlannedCall[])[]> {
  const batches: { readonly parallel: boolean; readonly calls: PlannedCall[] }[] = [];
  const areReadOnly = calls.length < 2 ? [] : await Promise.all(calls.map((planned) => isReadOnlyCall(run, planned)));
  for (const [at, planned] of calls.entries()) {
    const parallel = areReadOnly[at] === true;
    const last = batches.at(-1);
    if (parallel && last?.parallel === true) last.calls.push(planned);
    else batches.push({ parallel, calls: [planned] });
  }
  return batches.map((batch) => batch.calls);
}

/** A call that cannot be classified runs alone; an invalid call is reported when it runs. */
async function isReadOnlyCall({ request }: TurnRun, { call, item, refusal }: PlannedCall): Promise<boolean> {
  const tool = request.registry.get(call.name);
  if (tool === undefined || tool.isReadOnly || tool.onlyReads === undefined || refusal !== undefined) return tool?.isReadOnly === true;
  const input = tool.input.safeParse(call.input);
  if (!input.success) return false;
  const context = request.toolContext(item.id, () => undefined);
  return await tool.onlyReads(input.data, context, request.readableFolders).catch(() => false);
}

/** Runs at most `limit` at a time and returns the results in the order of the values. */
async function mapConcurrently<T, R>(values: readonly T[], limit: number, work: (value: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = values.entries();
  const worker = async () => {
    for (const [at, value] of left) results[at] = await work(value, at);
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  return results;
}

/**
 * Ends are emitted in the order of the calls, whichever finishes first: other programs that read the session file send the
 * results to the model in the order of the records.
 */
function inOrder(queue: AsyncQueue<TurnOutput>): (at: number, outputs: readonly TurnOutput[]) => void {
  const ready = new Map<number, readonly TurnOutput[]>();
  let next = 0;
  return (at, outputs) => {
    ready.set(at, outputs);
    for (let nextOutputs = ready.get(next); nextOutputs !== undefined; nextOutputs = ready.get(next)) {
      for (const output of nextOutputs) queue.push(output);
      ready.delete(next);
      next += 1;
    }
  };
}
