/**
 * A turn: from the current history to the model's final answer.
 * Flow: resolve the model; send a request; if the answer has calls, run them and send their results; otherwise end.
 * Failure is data: any error becomes the end of the turn and a row that reports it. `ended` is emitted exactly once, last.
 */
import { randomUUID } from 'node:crypto';
import { ERROR_FACTS, ItemId, type ErrorCode, type TranscriptItem, type TurnEnd } from '../../../preload/contract/index.ts';
import { reportableError } from '../lib/file-errors.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import { describeNotice, noticeDraft } from '../transcript/index.ts';
import { continueTurn } from './turn-hooks.ts';
import { takeSteering } from './take-steering.ts';
import { createLoopGuard } from './loop-guard.ts';
import { makeRoom, emitEstimate } from './make-room.ts';
import { resumeCalls } from './resume-calls.ts';
import { runCalls } from './run-calls.ts';
import { streamAnswer } from './stream-answer.ts';
import { ABORTED, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import { createTurnRun, type TurnFailure, type TurnRequest, type TurnRun } from './turn-context.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

interface Ending {
  readonly end: TurnEnd;
  readonly failure?: TurnFailure;
}

export async function* runTurn(request: TurnRequest): AsyncGenerator<TurnOutput, void> {
  const run = createTurnRun(request);
  let ending: Ending;
  try {
    ending = yield* runRounds(run);
  } catch (error) {
    ending = { end: 'failed', failure: toFailure(error, run) };
  }
  const failed = request.control.failure();
  if (failed !== undefined) ending = { end: 'failed', failure: toFailure(failed.error, run) };
  yield* emitEnding(run, ending);
  yield run.finish(ending.end, ending.failure);
}

async function* runRounds(run: TurnRun): AsyncGenerator<TurnOutput, Ending> {
  const { control, limits } = run.request;
  const model = await untilAborted(run.request.resolveModel(), control.signal);
  if (model === ABORTED) return { end: 'cancelled' };
  if (!(yield* resumeCalls(run, run.request.resumed ?? []))) return { end: 'cancelled' };
  const guard = createLoopGuard();
  const maxTurns = limits.maxTurns ?? -1;
  for (let round = 0; ; round += 1) {
    if (maxTurns >= 0 && round >= maxTurns) return { end: 'max_turns' };
    if (round > 0) yield* takeSteering(run);
    if (control.failure() !== undefined) return { end: 'failed' };
    const ending = yield* runRound(run, model, guard);
    if (ending?.end === 'completed' && (yield* continueTurn(run))) continue;
    if (ending !== undefined) return ending;
  }
}

/** Undefined: the results are in the history, and the model is to be called again. */
async function* runRound(
  run: TurnRun,
  model: ResolvedModel,
  guard: ReturnType<typeof createLoopGuard>,
): AsyncGenerator<TurnOutput, Ending | undefined> {
  if ((yield* makeRoom(run, model, 'full')) === 'cancelled') return { end: 'cancelled' };
  let answer = yield* streamAnswer(run, model);
  if (answer.kind === 'failed' && answer.failure.code === 'context_too_long') {
    const room = yield* makeRoom(run, model, 'too_long');
    if (room === 'made') answer = yield* streamAnswer(run, model);
    else if (room === 'cancelled') answer = { kind: 'cancelled' };
  }
  if (answer.kind === 'cancelled') return { end: 'cancelled' };
  if (answer.kind === 'failed') return { end: 'failed', failure: answer.failure };
  yield* emitEstimate(run, model);
  if (answer.calls.length === 0) return { end: 'completed' };
  const calls = yield* runCalls(run, answer.calls, guard);
  if (calls.kind === 'done') return calls.endsTurn ? { end: 'completed' } : undefined;
  return calls.kind === 'cancelled' ? { end: 'cancelled' } : { end: 'failed', failure: calls.failure };
}

/** Coded errors are caused by the caller or the environment; any other error is a bug and is logged. */
function toFailure(error: unknown, run: TurnRun): TurnFailure {
  const coded = reportableError(error);
  if (coded !== undefined) return { code: coded.code, message: coded.message };
  run.request.logger.error('A turn failed unexpectedly', { error: error instanceof Error ? error.stack : String(error) });
  return {
    code: 'internal',
    message: `The turn stopped because of an internal error: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** Errors that the user fixes in the settings of a model, key or address. */
const MODEL_CODES: ReadonlySet<ErrorCode> = new Set([
  'no_model',
  'model_unknown',
  'missing_api_key',
  'keyring_unavailable',
  'auth_failed',
  'permission_denied',
  'endpoint_untrusted',
  'quota_exceeded',
  'tls_failed',
]);

function* emitEnding(run: TurnRun, ending: Ending): Generator<TurnOutput> {
  const shown = endingNotice(run, ending);
  if (shown === undefined) return;
  const item: NoticeItem = { kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: run.request.clock.now(), ...shown };
  yield { kind: 'record', draft: noticeDraft(item) };
  yield { kind: 'item_added', item };
}

/** The row below a turn that did not end by itself. */
function endingNotice(run: TurnRun, { end, failure }: Ending): Omit<NoticeItem, 'kind' | 'id' | 'createdAtMs'> | undefined {
  if (failure !== undefined) return { level: 'error', text: failure.message, code: failure.code, ...actionFor(failure.code) };
  if (end === 'max_turns') {
    const requests = run.requests();
    const text = `Stopped after ${requests} requests to the model, which is the limit of this run.`;
    return { level: 'warning', text, content: { code: 'request_limit', requests } };
  }
  if (end !== 'cancelled' || !run.request.control.isStopped()) return undefined;
  const content = { code: 'turn_stopped' } as const;
  return { level: 'quiet', text: describeNotice(content), content };
}

function actionFor(code: ErrorCode): { action?: 'open_models' | 'retry' } {
  if (MODEL_CODES.has(code)) return { action: 'open_models' };
  return ERROR_FACTS[code]?.offersRetry ? { action: 'retry' } : {};
}
