/** What hooks have for the model in the middle of a turn: behind the calls of an answer, and where the turn would end. */
import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import { notificationDraft } from '../transcript/index.ts';
import { ABORTED, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import type { EndedCall, TurnRequest, TurnRun } from './turn-context.ts';

/** True: the model is to be asked again. */
export async function* goOn({ request }: TurnRun): AsyncGenerator<TurnOutput, boolean> {
  if (request.beforeEnd === undefined) return false;
  const last = request.history().at(-1);
  const words = await untilAborted(request.beforeEnd(last?.role === 'assistant' ? last.text : ''), request.control.signal);
  if (words === ABORTED || words === undefined) return false;
  yield* say(request, `The turn goes on, a hook says: ${words}`);
  return true;
}

/** All calls of an answer have their results. */
export async function* afterCalls({ request }: TurnRun, calls: readonly EndedCall[]): AsyncGenerator<TurnOutput, void> {
  const { control } = request;
  if (request.afterCalls === undefined || control.signal.aborted) return;
  const words = await untilAborted(request.afterCalls(calls), control.signal);
  if (words !== ABORTED && words !== undefined) yield* say(request, words);
}

function* say(request: TurnRequest, text: string): Generator<TurnOutput> {
  const id = ItemId.parse(randomUUID());
  yield { kind: 'record', draft: notificationDraft(id, text, { displayText: text }) };
  yield { kind: 'message', message: { role: 'user', text } };
  yield { kind: 'item_added', item: { kind: 'notice', id, createdAtMs: request.clock.now(), level: 'quiet', text } };
}
