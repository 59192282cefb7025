/**
 * Reports the model's text to hooks while it streams: the whole message so far, at most every 200 ms and one report at a time, so that
 * a slow hook receives fewer reports and no outdated ones. A final report follows when the message is complete, and the turn waits for it.
 * Source: MessageDisplay of 0.24; docs/formats.md 7.7.
 */
import type { ItemId } from '../../../../preload/contract/index.ts';
import type { Clock } from '../../ports.ts';
import type { TurnOutput } from '../../turn/index.ts';

/** Units: ms. */
const PAUSE_MS = 200;
const FINAL_LIMIT_MS = 5000;
/** A text longer than this is reported again once it has grown by a quarter, so that all copies together are at most five times its length. */
const LONG_CHARS = 64 * 1024;

type Report = (fields: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Yields the outputs unchanged. Ownership: ends with `outputs`. `report` never rejects. */
export async function* reportDisplayed(
  outputs: AsyncGenerator<TurnOutput, void>,
  report: Report,
  clock: Clock,
): AsyncGenerator<TurnOutput, void> {
  const texts = new Map<ItemId, string>();
  let pendingReport: Promise<unknown> | undefined;
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  let lastLong: { readonly id: ItemId; readonly chars: number } | undefined;
  const fieldsOf = (id: ItemId, isFinal: boolean) => ({ message_id: id, displayed_text: texts.get(id) ?? '', is_final: isFinal });

  const reportPart = (id: ItemId) => {
    if (pendingReport !== undefined || clock.now() - reportedAtMs < PAUSE_MS) return;
    const chars = texts.get(id)?.length ?? 0;
    if (lastLong?.id === id && chars < lastLong.chars * 1.25) return;
    lastLong = chars > LONG_CHARS ? { id, chars } : undefined;
    reportedAtMs = clock.now();
    pendingReport = report(fieldsOf(id, false)).finally(() => {
      pendingReport = undefined;
    });
  };

  async function onOutput(output: TurnOutput): Promise<void> {
    if (output.kind === 'item_removed') texts.delete(output.itemId);
    if (output.kind === 'delta' && output.part === 'text') {
      texts.set(output.itemId, (texts.get(output.itemId) ?? '').slice(0, output.offsetChars) + output.text);
      reportPart(output.itemId);
    }
    if ((output.kind !== 'item_added' && output.kind !== 'item_changed') || output.item.kind !== 'assistant') return;
    const { id, text, streaming } = output.item;
    if (text === '') return;
    texts.set(id, text);
    if (streaming) return reportPart(id);
    const over = Promise.withResolvers<void>();
    const stop = clock.after(FINAL_LIMIT_MS, over.resolve);
    await Promise.race([pendingReport, over.promise]); // a partial report must not arrive after the final one
    await Promise.race([report(fieldsOf(id, true)), over.promise]);
    stop();
    texts.delete(id);
  }

  for await (const output of outputs) {
    await onOutput(output);
    yield output;
  }
}
