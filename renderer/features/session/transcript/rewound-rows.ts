/** What a rewind removes from a session. Pure. */
import type { ItemId, TranscriptItem } from '../../../../preload/contract/index.ts';

export interface Rewound {
  readonly prompts: number;
  readonly answers: number;
  readonly calls: number;
}

/** The prompt itself and everything after it. The end of a session is always loaded, so the list is complete. */
export function rewoundRows(
  view: { readonly order: readonly ItemId[]; readonly items: Readonly<Record<ItemId, TranscriptItem>> },
  beforeItemId: ItemId,
): Rewound {
  const from = view.order.indexOf(beforeItemId);
  const gone = from === -1 ? [] : view.order.slice(from).map((id) => view.items[id]);
  const count = (kind: TranscriptItem['kind']) => gone.filter((item) => item?.kind === kind).length;
  const answers = gone.filter((item) => item?.kind === 'assistant' && item.text.trim() !== '').length;
  return { prompts: count('user'), answers, calls: count('tool') };
}
