/**
 * Which rows the transcript shows, from the items of a session. Pure. Consecutive finished reads and searches become one row,
 * including the thinking between them. `tight` rows are directly below the row before them, the others keep a gap.
 */
import type { ItemId, QueuedPrompt, TranscriptItem } from '../../../../preload/contract/index.ts';

export type Row = { readonly key: string; readonly tight: boolean } /** `isLast`: the answer that ends its turn. */ & (
  | { readonly kind: 'item'; readonly id: ItemId; readonly isLast?: true }
  /** A call that started a subagent, and the items of that subagent. */
  | { readonly kind: 'agent'; readonly id: ItemId; readonly childIds: readonly ItemId[] }
  | { readonly kind: 'explored'; readonly ids: readonly ItemId[] }
  | { readonly kind: 'pending'; readonly prompt: QueuedPrompt }
  | { readonly kind: 'turn' }
);

export interface RowSource {
  readonly order: readonly ItemId[];
  readonly items: Readonly<Record<ItemId, TranscriptItem>>;
  readonly pending: readonly QueuedPrompt[];
  readonly turnRunning: boolean;
}

/** A shorter group stays as it is: collapsing one row into one row would only hide it. */
const LEAST_FOLDED = 2;
/** How deep subagents may be nested. */
const MAX_DEPTH = 20;

const isLook = (item: TranscriptItem) =>
  item.kind === 'tool' && (item.toolKind === 'read' || item.toolKind === 'search') && item.status === 'success';
const isEmptyAnswer = (item: TranscriptItem) => item.kind === 'assistant' && item.text.trim() === '' && item.thinking.trim() === '';
const isSettledThought = (item: TranscriptItem) =>
  item.kind === 'assistant' && !item.streaming && item.text.trim() === '' && item.thinking.trim() !== '';
/** A running command is a card with its terminal; every other tool call is a row. */
const isTight = (item: TranscriptItem) => item.kind === 'tool' && (item.display.kind !== 'shell' || item.display.outcome !== 'running');

export function buildRows(source: RowSource): Row[] {
  const all = source.order.flatMap((id) => source.items[id] ?? []).filter((item) => !isEmptyAnswer(item));
  const children = childrenOf(all);
  const below = new Set([...children.values()].flat());
  const shown = all.filter((item) => !below.has(item.id));
  const rows: Row[] = [];
  let tightBefore = false;
  let index = 0;
  while (index < shown.length) {
    const item = shown[index];
    if (!item) break;
    const run = lookRun(shown, index);
    if (run.looks >= LEAST_FOLDED) {
      rows.push({
        kind: 'explored',
        key: `explored:${item.id}`,
        ids: shown.slice(index, index + run.length).map((one) => one.id),
        tight: tightBefore,
      });
      index += run.length;
      tightBefore = true;
    } else {
      const tight = isTight(item);
      const childIds = children.get(item.id);
      if (childIds !== undefined) rows.push({ kind: 'agent', key: item.id, id: item.id, childIds, tight: tight && tightBefore });
      else
        rows.push({
          kind: 'item',
          key: item.id,
          id: item.id,
          tight: tight && tightBefore,
          ...(endsTurn(shown, index, source) && { isLast: true }),
        });
      index += 1;
      tightBefore = tight;
    }
  }
  for (const prompt of source.pending) rows.push({ kind: 'pending', key: `prompt:${prompt.localId}`, prompt, tight: false });
  if (source.turnRunning) rows.push({ kind: 'turn', key: 'turn', tight: tightBefore });
  return rows;
}

/** An answer that nothing follows before the next prompt. */
function endsTurn(shown: readonly TranscriptItem[], index: number, { turnRunning }: RowSource): boolean {
  if (shown[index]?.kind !== 'assistant') return false;
  const next = shown[index + 1];
  return next === undefined ? !turnRunning : next.kind === 'user';
}

/**
 * Grouped by the call of the session that started them, including those of nested subagents. If that call is not loaded (it is
 * older than the loaded rows), they are separate rows.
 */
function childrenOf(items: readonly TranscriptItem[]): ReadonlyMap<ItemId, readonly ItemId[]> {
  const parents = new Map(items.map((item) => [item.id, item.parentId]));
  const children = new Map<ItemId, ItemId[]>();
  for (const { id, parentId } of items) {
    if (parentId === undefined || !parents.has(parentId)) continue;
    const root = rootOf(parentId, parents);
    children.set(root, [...(children.get(root) ?? []), id]);
  }
  return children;
}

/** A file may contain anything, so the search upwards has a limit. */
function rootOf(id: ItemId, parents: ReadonlyMap<ItemId, ItemId | undefined>): ItemId {
  let root = id;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const above = parents.get(root);
    if (above === undefined || !parents.has(above)) return root;
    root = above;
  }
  return root;
}

/**
 * From `start` on: how many items the group of reads and searches spans, and how many of them are such calls. The last item is
 * one.
 */
function lookRun(items: readonly TranscriptItem[], start: number): { length: number; looks: number } {
  let looks = 0;
  let length = 0;
  for (let index = start; index < items.length; index += 1) {
    const item = items[index];
    if (!item) break;
    if (isLook(item)) {
      looks += 1;
      length = index - start + 1;
    } else if (looks === 0 || !isSettledThought(item)) break;
  }
  return { length, looks };
}

/** "7 files", "1 file, 2 searches": what a collapsed group read. */
export function countLooks(items: readonly TranscriptItem[]): { files: number; searches: number } {
  const files = new Set<string>();
  let searches = 0;
  for (const item of items) {
    if (item.kind !== 'tool') continue;
    if (item.toolKind === 'read') files.add(item.target);
    else searches += 1;
  }
  return { files: files.size, searches };
}
