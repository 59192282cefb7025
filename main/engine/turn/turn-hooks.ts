/** Messages from hooks to the model during a turn: after the calls of an answer, and when the turn would end. */
import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import { describeNotice, notificationDraft } from '../transcript/index.ts';
import { ABORTED, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import type { CallsMessage, EndedCall, TurnRequest, TurnRun } from './turn-context.ts';

/** True: the model is to be called again. */
export async function* continueTurn({ request }: TurnRun): AsyncGenerator<TurnOutput, boolean> {
  if (request.beforeEnd === undefined) return false;
  const last = request.history().at(-1);
  const message = await untilAborted(request.beforeEnd(last?.role === 'assistant' ? last.text : ''), request.control.signal);
  if (message === ABORTED || message === undefined) return false;
  const content = { code: 'hook_continued', message } as const;
  yield* addMessage(request, { text: describeNotice(content), content });
  return true;
}

/** Called when all calls of an answer have their results. */
export async function* afterCalls({ request }: TurnRun, calls: readonly EndedCall[]): AsyncGenerator<TurnOutput, void> {
  const { control } = request;
  if (request.afterCalls === undefined || control.signal.aborted) return;
  const message = await untilAborted(request.afterCalls(calls), control.signal);
  if (message !== ABORTED && message !== undefined) yield* addMessage(request, message);
}

function* addMessage(request: TurnRequest, shown: CallsMessage): Generator<TurnOutput> {
  const id = ItemId.parse(randomUUID());
  yield { kind: 'record', draft: notificationDraft(id, shown.text, shown) };
  yield { kind: 'message', message: { role: 'user', text: shown.text } };
  yield { kind: 'item_added', item: { kind: 'notice', id, createdAtMs: request.clock.now(), level: 'quiet', ...shown } };
}
