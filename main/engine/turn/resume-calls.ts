/**
 * Runs calls of an interrupted turn that the user has allowed now. They already have a result that says they were not run, so
 * their outcome is sent to the model as a message. Their rows continue.
 */
import { createAsyncQueue } from '../lib/async-queue.ts';
import { resumedDraft, resumedText } from '../transcript/index.ts';
import { runCall } from './run-call.ts';
import type { TurnOutput } from './turn-output.ts';
import type { ResumedCall, TurnRun } from './turn-context.ts';

/** Returns whether the turn continues. */
export async function* resumeCalls(run: TurnRun, calls: readonly ResumedCall[]): AsyncGenerator<TurnOutput, boolean> {
  if (calls.length === 0) return true;
  yield* run.advance({ kind: 'tools_started' });
  for (const resumed of calls) yield* resumeCall(run, resumed);
  return !run.request.control.signal.aborted;
}

async function* resumeCall(run: TurnRun, { call, item, approvedCall }: ResumedCall): AsyncGenerator<TurnOutput> {
  run.countToolCall();
  const pending = { ...item, status: 'pending' as const, startedAtMs: run.request.clock.now() };
  const queue = createAsyncQueue<TurnOutput>();
  let text = '';
  const work = runCall(
    run,
    { call, item: pending, approvedCall },
    {
      queue,
      emitEnd: (outputs) => outputs.forEach(queue.push),
      toDraft(result, ended) {
        text = resumedText(call, result, ended);
        return resumedDraft(call, result, ended);
      },
    },
  ).finally(() => queue.close());
  yield* queue;
  await work;
  if (text !== '') yield { kind: 'message', message: { role: 'user', text } };
}
