/**
 * Tells the words of the model while they come: all of a message so far, at most every 200 ms and one at a time, so that who
 * is slow hears less often and nothing old; and once more when the message has ended, which is waited for.
 * Source: MessageDisplay of 0.24; docs/formats.md 7.7.
 */
import type { ItemId } from '../../../../preload/contract/index.ts';
import type { Clock } from '../../ports.ts';
import type { TurnOutput } from '../../turn/index.ts';

/** Units: ms. */
const PAUSE_MS = 200;
const FINAL_LIMIT_MS = 5000;
/** A longer text is given again once it is longer by a quarter, so that all of its copies are at most five times its length. */
const LONG_CHARS = 64 * 1024;

type Tell = (fields: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The outputs as they are. Ownership: ends with `outputs`. `tell` never rejects. */
export async function* tellDisplayed(
  outputs: AsyncGenerator<TurnOutput, void>,
  tell: Tell,
  clock: Clock,
): AsyncGenerator<TurnOutput, void> {
  const texts = new Map<ItemId, string>();
  let telling: Promise<unknown> | undefined;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let lastLong: { readonly id: ItemId; readonly chars: number } | undefined;
  const fieldsOf = (id: ItemId, isFinal: boolean) => ({ message_id: id, displayed_text: texts.get(id) ?? '', is_final: isFinal });

  const tellPart = (id: ItemId) => {
    if (telling !== undefined || clock.now() - toldAtMs < PAUSE_MS) return;
    const chars = texts.get(id)?.length ?? 0;
    if (lastLong?.id === id && chars < lastLong.chars * 1.25) return;
    lastLong = chars > LONG_CHARS ? { id, chars } : undefined;
    toldAtMs = clock.now();
    telling = tell(fieldsOf(id, false)).finally(() => {
      telling = undefined;
    });
  };

  async function hear(output: TurnOutput): Promise<void> {
    if (output.kind === 'item_removed') texts.delete(output.itemId);
    if (output.kind === 'delta' && output.part === 'text') {
      texts.set(output.itemId, (texts.get(output.itemId) ?? '').slice(0, output.offsetChars) + output.text);
      tellPart(output.itemId);
    }
    if ((output.kind !== 'item_added' && output.kind !== 'item_changed') || output.item.kind !== 'assistant') return;
    const { id, text, streaming } = output.item;
    if (text === '') return;
    texts.set(id, text);
    if (streaming) return tellPart(id);
    const over = Promise.withResolvers<void>();
    const stop = clock.after(FINAL_LIMIT_MS, over.resolve);
    await Promise.race([telling, over.promise]); // a part that is still being told must not come after the whole
    await Promise.race([tell(fieldsOf(id, true)), over.promise]);
    stop();
    texts.delete(id);
  }

  for await (const output of outputs) {
    await hear(output);
    yield output;
  }
}
