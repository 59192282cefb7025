import { isTerminalStatus, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';

/**
 * What the key for moving to the background means now. Pure.
 * `pass`: the key is not ours; whatever has the focus gets it.
 * Source: docs/background-tasks.md, "What the user sees".
 */
export type PromoteChoice =
  | { readonly kind: 'pass' }
  | { readonly kind: 'promote'; readonly taskId: TaskId }
  | { readonly kind: 'choose'; readonly tasks: readonly TaskSummary[] };

export interface PromoteSituation {
  /** The task whose shell card, or whose terminal in it, has the focus. */
  readonly focusedCardTaskId: string | undefined;
  /** The focus is in a terminal outside of a shell card: a background task's, or the user's own. */
  readonly inOtherTerminal: boolean;
  /** The focus is in a text field with something in it. */
  readonly writing: boolean;
  readonly tasks: readonly TaskSummary[];
}

export function choosePromotion({ focusedCardTaskId, inOtherTerminal, writing, tasks }: PromoteSituation): PromoteChoice {
  const promotable = tasks.filter(isPromotable);
  const focused = promotable.find((task) => task.id === focusedCardTaskId);
  if (focused !== undefined) return { kind: 'promote', taskId: focused.id };
  if (inOtherTerminal || writing) return { kind: 'pass' };
  const [only, second] = promotable;
  if (only === undefined) return { kind: 'pass' };
  return second === undefined ? { kind: 'promote', taskId: only.id } : { kind: 'choose', tasks: promotable };
}

export function isPromotable(task: TaskSummary): boolean {
  return task.placement === 'foreground' && !isTerminalStatus(task.status) && task.status !== 'stopping';
}
