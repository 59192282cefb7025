/** One tool call of a turn: its row from pending to its end, its record and its result. */
import { defined, type ToolDisplay, type ToolItem } from '../../../preload/contract/index.ts';
import type { AsyncQueue } from '../lib/async-queue.ts';
import type { ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { NOT_RUN_RESULT, NOT_RUN_SUMMARY, notRunDraft, type RecordDraft, toolResultDraft } from '../transcript/index.ts';
import { cancelledOutcome, runTool, type ToolOutcome } from '../tool/index.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnFailure, TurnRun } from './turn-context.ts';

/** A cancelled tool has this long to return its own result (such as the output so far); then the turn ends without it. Unit: ms. */
const CANCEL_GRACE_MS = 60;

export interface PlannedCall {
  readonly call: ModelToolCall;
  readonly item: ToolItem;
  /** Set by a guard: the call gets this as its result and does not run. */
  readonly refusal?: TurnFailure;
  /** Identifies the effect that the user has already approved. */
  readonly approvedCall?: string;
}

export interface RunCallOptions {
  readonly queue: Pick<AsyncQueue<TurnOutput>, 'push'>;
  /** Receives the record and the final row, which belong together. */
  readonly emitEnd: (outputs: readonly TurnOutput[]) => void;
  /** Absent: a `tool_result`. */
  readonly toDraft?: (result: ModelToolResult, ended: ToolItem, summary: string) => RecordDraft;
}

/** The app ended while the approval was pending: nothing ran, and the approval can be requested again. */
const INTERRUPTED_OUTCOME: ToolOutcome = {
  status: 'cancelled',
  text: NOT_RUN_RESULT,
  display: { kind: 'none' },
  summary: NOT_RUN_SUMMARY,
  problem: 'not_run',
};

/** Never rejects. */
export async function runCall(
  run: TurnRun,
  { call, item: pending, refusal, approvedCall }: PlannedCall,
  { queue, emitEnd, toDraft = toolResultDraft }: RunCallOptions,
): Promise<ModelToolResult> {
  const { registry, broker, toolContext, readableFolders, control, clock } = run.request;
  let item = pending;
  let isSettled = false;
  const change = (patch: Partial<ToolItem>) => {
    if (isSettled) return; // a cancelled tool may still report progress, but its row has ended
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
      // Waiting for an approval does not count as run time.
      onChanged(input: Record<string, unknown>) {
        const { verb, target } = registry.describe(
          call.name,
          input,
          toolContext(pending.id, () => undefined),
        );
        change({ verb, target });
      },
      onRunning: (display: ToolDisplay) => change({ status: 'running', startedAtMs: clock.now(), display }),
      ...defined({ approvedCall }),
    };
    return await withinGrace(runTool(call, ports, control.signal), run);
  };
  const toolOutcome = await work();
  const wasInterrupted = toolOutcome.status === 'cancelled' && item.status === 'awaiting_approval' && control.isInterrupted();
  if (wasInterrupted) run.markInterrupted();
  const outcome = wasInterrupted ? INTERRUPTED_OUTCOME : toolOutcome;
  const { approvalId: _answered, ...rest } = item;
  const failed = outcome.status !== 'success';
  const ended: ToolItem = {
    ...rest,
    status: outcome.status,
    endedAtMs: clock.now(),
    display: finalDisplay(item, outcome),
    summary: outcome.summary,
    ...(failed ? { error: outcome.summary, ...defined({ problem: outcome.problem }) } : {}),
  };
  const media = outcome.media === undefined ? {} : { media: outcome.media };
  const result = { callId: call.id, name: call.name, text: outcome.text, isError: failed, ...media };
  isSettled = true;
  run.request.onToolResult?.(item.id, outcome.text);
  if (outcome.status === 'denied') run.addDenied({ toolCallId: item.id, toolName: call.name, input: call.input });
  emitEnd([
    { kind: 'record', draft: wasInterrupted ? notRunDraft(result, ended) : shownAs(toDraft(result, ended, outcome.summary), outcome) },
    { kind: 'item_changed', item: ended },
  ]);
  return result;
}

function shownAs(draft: RecordDraft, { shownAs: resultDisplay }: ToolOutcome): RecordDraft {
  const { toolCallResult } = draft;
  if (resultDisplay === undefined || typeof toolCallResult !== 'object') return draft;
  return { ...draft, toolCallResult: { ...toolCallResult, resultDisplay } };
}

function withinGrace(work: Promise<ToolOutcome>, run: TurnRun): Promise<ToolOutcome> {
  const { control, clock } = run.request;
  return new Promise((resolve) => {
    let stopTimer: (() => void) | undefined;
    const startGrace = () => {
      stopTimer = clock.after(CANCEL_GRACE_MS, () => resolve(cancelledOutcome()));
    };
    if (control.signal.aborted) startGrace();
    else control.signal.addEventListener('abort', startGrace, { once: true });
    void work.then((outcome) => {
      control.signal.removeEventListener('abort', startGrace);
      stopTimer?.();
      resolve(outcome);
    });
  });
}

/** If the outcome has no display, the row keeps its own. A command that is no longer awaited is not shown as running. */
function finalDisplay(item: ToolItem, outcome: ToolOutcome): ToolDisplay {
  const display = outcome.display.kind === 'none' ? item.display : outcome.display;
  return display.kind === 'shell' && display.outcome === 'running'
    ? { ...display, outcome: outcome.status === 'success' ? 'completed' : outcome.status === 'error' ? 'failed' : 'cancelled' }
    : display;
}
