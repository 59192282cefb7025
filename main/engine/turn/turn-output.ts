/** What a turn tells its session, in order. The session performs one before it asks for the next. */
import type { ContextMeter, ItemId, RunningTurn, TranscriptItem, TurnResult } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { RecordDraft } from '../transcript/index.ts';

/**
 * `record` is on disk before what follows it is shown. `message` enters the model's history. `ended` comes exactly once
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
  /** The history is this from now on. Unit: tokens of a whole request. */
  | { readonly kind: 'history_replaced'; readonly messages: readonly ModelMessage[]; readonly tokens: number }
  | { readonly kind: 'context_changed'; readonly context: ContextMeter }
  | { readonly kind: 'ended'; readonly result: TurnResult };
