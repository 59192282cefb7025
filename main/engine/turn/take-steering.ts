import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import { midTurnDraft, noticeDraft, unreadNotice, userItem, userMessage } from '../transcript/index.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnRun } from './turn-context.ts';

/** Sends the model the prompts that the user added during the turn. A prompt that cannot be written returns to the queue when the turn fails. */
export async function* takeSteering({ request: { steering, clock, control } }: TurnRun): AsyncGenerator<TurnOutput> {
  const prompts = steering.take();
  for (const [at, prompt] of prompts.entries()) {
    const id = steering.recordIdOf(prompt) ?? ItemId.parse(randomUUID());
    const content = await steering.contentOf(prompt);
    yield { kind: 'record', draft: midTurnDraft(id, prompt.text, content) };
    if (control.failure() !== undefined) return steering.restore(prompts.slice(at));
    yield { kind: 'message', message: userMessage(prompt.text, content) };
    yield { kind: 'item_added', item: userItem(id, prompt, content.media, clock.now()) };
    const notice = unreadNotice(content, ItemId.parse(randomUUID()), clock.now());
    if (notice === undefined) continue;
    yield { kind: 'record', draft: noticeDraft(notice) };
    yield { kind: 'item_added', item: notice };
  }
  if (prompts.length > 0) steering.onWritten(prompts);
}
