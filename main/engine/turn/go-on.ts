/** A turn that would end and may not yet: a hook has something more for the model. */
import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import { notificationDraft } from '../session/record-drafts.ts';
import { ABORTED, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnRun } from './turn-run.ts';

/** True: the model is to be asked again. */
export async function* goOn({ request }: TurnRun): AsyncGenerator<TurnOutput, boolean> {
  if (request.beforeEnd === undefined) return false;
  const last = request.history().at(-1);
  const words = await untilAborted(request.beforeEnd(last?.role === 'assistant' ? last.text : ''), request.control.signal);
  if (words === ABORTED || words === undefined) return false;
  const id = ItemId.parse(randomUUID());
  const text = `The turn goes on, a hook says: ${words}`;
  yield { kind: 'record', draft: notificationDraft(id, text, { displayText: text }) };
  yield { kind: 'message', message: { role: 'user', text } };
  yield { kind: 'item_added', item: { kind: 'notice', id, createdAtMs: request.clock.now(), level: 'quiet', text } };
  return true;
}
