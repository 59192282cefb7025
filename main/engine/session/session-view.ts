/**
 * What clients see of a session: the end of its transcript, the running turn, and numbered events. It holds a
 * bounded window of rows; older rows are read from the file on request.
 */
import {
  defined,
  type ApprovalDecision,
  type ApprovalId,
  type Approval,
  type ApprovalMode,
  type ContextMeter,
  type HostEvent,
  type ItemId,
  type ModelRef,
  type QueuedPrompt,
  type RunningTurn,
  type SessionId,
  type SessionSnapshot,
  type TranscriptItem,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { type EarlierRequest, type LoadedView, SNAPSHOT_ITEMS } from '../transcript/index.ts';

/** Order: every method that emits an event does so at once, with the next `seq`; `delta` has none. */
export interface SessionView {
  readonly turn: () => RunningTurn | undefined;
  readonly context: () => ContextMeter;
  snapshotItems(): Pick<SessionSnapshot, 'seq' | 'items' | 'earlierItems' | 'earlierIsGuess' | 'branchedFrom'>;
  /** The rows before an item if the window holds all of them; undefined: read the file. */
  earlier(request: EarlierRequest): { items: TranscriptItem[]; earlierItems: number; earlierIsGuess?: boolean } | undefined;
  /** Replaces the rows in memory with those of the file, and emits the added and removed ones. */
  reload(loaded: LoadedView): void;
  /** Searches only the rows in memory. */
  item(itemId: ItemId): TranscriptItem | undefined;
  addItem(item: TranscriptItem): void;
  changeItem(item: TranscriptItem): void;
  /** Adds the row, or replaces the row with the same id. */
  placeItem(item: TranscriptItem): void;
  removeItem(itemId: ItemId): void;
  delta(itemId: ItemId, part: 'text' | 'thinking', offsetChars: number, text: string): void;
  turnStarted(turn: RunningTurn): void;
  turnChanged(turn: RunningTurn): void;
  turnEnded(result: TurnResult): void;
  approvalRequested(approval: Approval): void;
  approvalResolved(approvalId: ApprovalId, decision: ApprovalDecision | undefined): void;
  queueChanged(queue: readonly QueuedPrompt[]): void;
  modeChanged(mode: ApprovalMode): void;
  modelChanged(model: ModelRef): void;
  contextChanged(context: ContextMeter): void;
}

export function createSessionView(sessionId: SessionId, loaded: LoadedView, emit: (event: HostEvent) => void): SessionView {
  let { earlierItems, earlierIsGuess = false, context } = loaded;
  const { branchedFrom } = loaded;
  const guess = () => (earlierIsGuess ? { earlierIsGuess } : {});
  let items: TranscriptItem[] = [...loaded.items];
  let turn: RunningTurn | undefined;
  let seq = 0;
  const stamp = () => {
    seq += 1;
    return { sessionId, seq };
  };
  const place = (itemId: ItemId) => items.findLastIndex((item) => item.id === itemId);

  function addItem(item: TranscriptItem): void {
    items.push(item);
    if (items.length > SNAPSHOT_ITEMS * 2) {
      earlierItems += items.length - SNAPSHOT_ITEMS;
      items = items.slice(-SNAPSHOT_ITEMS);
    }
    emit({ event: 'item.added', data: { ...stamp(), item } });
  }

  function changeItem(item: TranscriptItem): void {
    const at = place(item.id);
    if (at === -1) return; // outside the window; the file has it
    items[at] = item;
    emit({ event: 'item.changed', data: { ...stamp(), item } });
  }

  function removeItem(itemId: ItemId): void {
    const at = place(itemId);
    if (at === -1) return;
    items.splice(at, 1);
    emit({ event: 'item.removed', data: { ...stamp(), itemId } });
  }

  return {
    turn: () => turn,
    context: () => context,
    snapshotItems: () => ({
      seq,
      items: items.slice(-SNAPSHOT_ITEMS),
      earlierItems: earlierItems + Math.max(0, items.length - SNAPSHOT_ITEMS),
      ...guess(),
      ...(branchedFrom === undefined ? {} : { branchedFrom: { ...branchedFrom } }),
    }),
    earlier({ beforeItemId, limit, untilItemId }) {
      const at = place(beforeItemId);
      const wanted = untilItemId === undefined ? at : place(untilItemId);
      if (at === -1 || ((at < limit || wanted === -1) && earlierItems > 0)) return undefined;
      const from = Math.max(0, Math.min(at - limit, wanted === -1 ? at : wanted));
      return { items: items.slice(from, at), earlierItems: earlierItems + from, ...guess() };
    },
    reload(next) {
      const kept = new Set(next.items.map((item) => item.id));
      for (const item of [...items]) if (!kept.has(item.id)) removeItem(item.id);
      const known = new Set(items.map((item) => item.id));
      earlierItems = next.earlierItems;
      earlierIsGuess = next.earlierIsGuess ?? false;
      for (const item of next.items) if (!known.has(item.id)) addItem(item);
      items = [...next.items];
      context = next.context;
    },
    item: (itemId) => items[place(itemId)],
    addItem,
    removeItem,
    changeItem,
    placeItem: (item) => (place(item.id) === -1 ? addItem(item) : changeItem(item)),
    delta(itemId, part, offsetChars, text) {
      const at = place(itemId);
      const item = items[at];
      if (item?.kind !== 'assistant') return;
      items[at] = { ...item, [part]: item[part].slice(0, offsetChars) + text };
      emit({ event: 'message.delta', data: { sessionId, itemId, part, offsetChars, text } });
    },
    turnStarted(started) {
      turn = started;
      emit({ event: 'turn.started', data: { ...stamp(), turn: started } });
    },
    turnChanged(changed) {
      turn = changed;
      emit({ event: 'turn.changed', data: { ...stamp(), turn: changed } });
    },
    turnEnded(result) {
      turn = undefined;
      emit({ event: 'turn.ended', data: { ...stamp(), result } });
    },
    approvalRequested: (approval) => emit({ event: 'approval.requested', data: { ...stamp(), approval } }),
    approvalResolved: (approvalId, decision) =>
      emit({ event: 'approval.resolved', data: { ...stamp(), approvalId, ...defined({ decision }) } }),
    queueChanged: (queue) => emit({ event: 'queue.changed', data: { ...stamp(), queue: [...queue] } }),
    modeChanged: (mode) => emit({ event: 'session.modeChanged', data: { ...stamp(), mode } }),
    modelChanged: (model) => emit({ event: 'session.modelChanged', data: { ...stamp(), model } }),
    contextChanged(next) {
      context = next;
      emit({ event: 'context.changed', data: { ...stamp(), context } });
    },
  };
}
