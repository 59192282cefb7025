/**
 * The tool calls of one answer: rows, approval, execution, records, and all results back together.
 * Read-only neighbours run at once (10 at most, or as many as the limits say), everything else one at a time and in order. Every call gets exactly
 * one result, also when the turn is cancelled or a guard ends it.
 */
import { ItemId, type ToolDisplay, type ToolItem } from '../../../preload/contract/index.ts';
import { type AsyncQueue, createAsyncQueue } from '../lib/async-queue.ts';
import type { ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { toolResultDraft } from '../session/record-drafts.ts';
import { cancelledOutcome, runTool, type ToolOutcome } from '../tool/run-tool.ts';
import type { LoopGuard } from './loop-guard.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnFailure, TurnRun } from './turn-run.ts';

/** Source: qwen-code.md 4.2. */
const MAX_PARALLEL = 10;
/** A cancelled tool has this long to bring its own result (what a command printed so far); then the turn ends without it. Unit: ms. */
const CANCEL_GRACE_MS = 60;

export type CallsEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: TurnFailure };

interface PlannedCall {
  readonly call: ModelToolCall;
  readonly item: ToolItem;
  /** Set by a guard: the call is answered with this and not run. */
  readonly refusal?: TurnFailure;
}

export async function* runCalls(run: TurnRun, calls: readonly ModelToolCall[], guard: LoopGuard): AsyncGenerator<TurnOutput, CallsEnd> {
  const planned = plan(run, calls, guard);
  // The arguments are told once, to who is there; no later change or snapshot carries them again.
  for (const { call, item } of planned) yield { kind: 'item_added', item: { ...item, input: call.input } };
  yield* run.advance({ kind: 'tools_started' });
  const results: ModelToolResult[] = [];
  const { parallelCalls = MAX_PARALLEL } = run.request.limits;
  for (const batch of toBatches(run, planned)) {
    const queue = createAsyncQueue<TurnOutput>();
    const tell = inOrder(queue);
    const work = mapAtOnce(batch, parallelCalls, (call, at) => runOne(run, call, queue, (outputs) => tell(at, outputs))).finally(() =>
      queue.close(),
    );
    yield* queue;
    results.push(...(await work));
  }
  yield { kind: 'message', message: { role: 'tool', results } };
  if (run.request.control.signal.aborted) return { kind: 'cancelled' };
  const failure = planned.find((call) => call.refusal !== undefined)?.refusal;
  return failure === undefined ? { kind: 'done' } : { kind: 'failed', failure };
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
        message: `The limit of ${budget} tool calls was reached; the model asked for number ${count}.`,
      };
    if (limits.allowsLoops !== true && guard.isLoop(call))
      refusal ??= {
        code: 'loop_detected',
        message: `The model made the same call to ${call.name} again and again, so the turn was stopped.`,
      };
    return { call, item, ...(refusal === undefined ? {} : { refusal }) };
  });
}

function toBatches(run: TurnRun, calls: readonly PlannedCall[]): readonly (readonly PlannedCall[])[] {
  const batches: { readonly parallel: boolean; readonly calls: PlannedCall[] }[] = [];
  for (const planned of calls) {
    const parallel = run.request.registry.get(planned.call.name)?.isReadOnly === true;
    const last = batches.at(-1);
    if (parallel && last?.parallel === true) last.calls.push(planned);
    else batches.push({ parallel, calls: [planned] });
  }
  return batches.map((batch) => batch.calls);
}

/** At most `limit` at a time; the results in the order of the values. */
async function mapAtOnce<T, R>(values: readonly T[], limit: number, work: (value: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = values.entries();
  const worker = async () => {
    for (const [at, value] of left) results[at] = await work(value, at);
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  return results;
}

/**
 * Ends are told in the order of the calls, whichever is ready first: other readers of the session file send the results
 * to the model in the order in which they stand.
 */
function inOrder(queue: AsyncQueue<TurnOutput>): (at: number, outputs: readonly TurnOutput[]) => void {
  const ready = new Map<number, readonly TurnOutput[]>();
  let next = 0;
  return (at, outputs) => {
    ready.set(at, outputs);
    for (let told = ready.get(next); told !== undefined; told = ready.get(next)) {
      for (const output of told) queue.push(output);
      ready.delete(next);
      next += 1;
    }
  };
}

async function runOne(
  run: TurnRun,
  { call, item: pending, refusal }: PlannedCall,
  queue: AsyncQueue<TurnOutput>,
  tellEnd: (outputs: readonly TurnOutput[]) => void,
): Promise<ModelToolResult> {
  const { registry, broker, toolContext, readableFolders, control, clock } = run.request;
  let item = pending;
  let isSettled = false;
  const change = (patch: Partial<ToolItem>) => {
    if (isSettled) return; // a cancelled tool may still report; its row has ended
    item = { ...item, ...patch };
    queue.push({ kind: 'item_changed', item });
  };
  const work = async (): Promise<ToolOutcome> => {
    if (refusal !== undefined)
      return { status: 'error', text: `Not run. ${refusal.message}`, display: { kind: 'none' }, summary: refusal.message };
    if (control.signal.aborted) return cancelledOutcome();
    const ports = {
      registry,
      broker,
      context: toolContext(pending.id, (display) => change({ display })),
      readableFolders,
      onWaiting: (approvalId: NonNullable<ToolItem['approvalId']>, display: ToolDisplay) => {
        change({ status: 'awaiting_approval', approvalId, display });
        for (const output of run.advance({ kind: 'approval_requested' })) queue.push(output);
      },
      onAnswered: () => {
        for (const output of run.advance({ kind: 'approval_settled' })) queue.push(output);
      },
      // The wait for an answer is not the tool's time.
      onRunning: (display: ToolDisplay) => change({ status: 'running', startedAtMs: clock.now(), display }),
    };
    return await withinGrace(runTool(call, ports, control.signal), run);
  };
  const outcome = await work();
  const { approvalId: _answered, ...rest } = item;
  const failed = outcome.status !== 'success';
  const ended: ToolItem = {
    ...rest,
    status: outcome.status,
    endedAtMs: clock.now(),
    display: finalDisplay(item, outcome),
    summary: outcome.summary,
    ...(failed ? { error: outcome.summary } : {}),
  };
  const media = outcome.media === undefined ? {} : { media: outcome.media };
  const result = { callId: call.id, name: call.name, text: outcome.text, isError: failed, ...media };
  isSettled = true;
  if (outcome.status === 'denied') run.addDenied({ toolCallId: item.id, toolName: call.name, input: call.input });
  tellEnd([
    { kind: 'record', draft: toolResultDraft(result, ended, outcome.summary) },
    { kind: 'item_changed', item: ended },
  ]);
  return result;
}

function withinGrace(work: Promise<ToolOutcome>, run: TurnRun): Promise<ToolOutcome> {
  const { control, clock } = run.request;
  return new Promise((resolve) => {
    let stopTimer: (() => void) | undefined;
    const giveUp = () => {
      stopTimer = clock.after(CANCEL_GRACE_MS, () => resolve(cancelledOutcome()));
    };
    if (control.signal.aborted) giveUp();
    else control.signal.addEventListener('abort', giveUp, { once: true });
    void work.then((outcome) => {
      control.signal.removeEventListener('abort', giveUp);
      stopTimer?.();
      resolve(outcome);
    });
  });
}

/** What the row had stays where the outcome brings nothing; a command nobody waits for any more does not "run". */
function finalDisplay(item: ToolItem, outcome: ToolOutcome): ToolDisplay {
  const display = outcome.display.kind === 'none' ? item.display : outcome.display;
  return display.kind === 'shell' && display.outcome === 'running'
    ? { ...display, outcome: outcome.status === 'success' ? 'completed' : outcome.status === 'error' ? 'failed' : 'cancelled' }
    : display;
}
