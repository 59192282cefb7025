/** What a turn emits to its session, in order. The session applies one output before it requests the next. */
import type { ContextMeter, ItemId, RunningTurn, TranscriptItem, TurnResult } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { RecordDraft } from '../transcript/index.ts';

/**
 * A `record` is on disk before later outputs are shown. A `message` enters the model's history. `ended` is emitted exactly once
 * and last.
 */
export type TurnOutput =
  | { readonly kind: 'record'; readonly draft: RecordDraft }
  | { readonly kind: 'message'; readonly message: ModelMessage }
  | { readonly kind: 'turn_changed'; readonly turn: RunningTurn }
  | { readonly kind: 'item_added'; readonly item: TranscriptItem }
  | { readonly kind: 'item_changed'; readonly item: TranscriptItem }
  | { readonly kind: 'item_removed'; readonly itemId: ItemId }
  | {
      readonly kind: 'delta';
      readonly itemId: ItemId;
      readonly part: 'text' | 'thinking';
      readonly offsetChars: number;
      readonly text: string;
    }
  /** Replaces the history. Unit: tokens of a whole request. */
  | { readonly kind: 'history_replaced'; readonly messages: readonly ModelMessage[]; readonly tokens: number }
  | { readonly kind: 'context_changed'; readonly context: ContextMeter }
  | { readonly kind: 'ended'; readonly result: TurnResult };
