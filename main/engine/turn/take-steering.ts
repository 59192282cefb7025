import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import { midTurnDraft } from '../session/record-drafts.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnRun } from './turn-run.ts';

/** Gives the model what the user sent meanwhile. A prompt that cannot be written is back in the queue when the turn fails. */
export function* takeSteering({ request: { steering, clock } }: TurnRun): Generator<TurnOutput> {
  const prompts = steering.take();
  for (const [at, { text, localId }] of prompts.entries()) {
    const id = ItemId.parse(randomUUID());
    try {
      yield { kind: 'record', draft: midTurnDraft(id, text) };
    } catch (error) {
      steering.giveBack(prompts.slice(at));
      throw error;
    }
    yield { kind: 'message', message: { role: 'user', text } };
    yield { kind: 'item_added', item: { kind: 'user', id, text, createdAtMs: clock.now(), localId } };
  }
  if (prompts.length > 0) steering.told();
}
