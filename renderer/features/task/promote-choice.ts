import { isTerminalStatus, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';

/**
 * What the promotion key does in the current state. Pure. `pass`: the focused element receives the key. Source:
 * docs/background-tasks.md, "What the user sees".
 */
export type PromoteChoice =
  | { readonly kind: 'pass' }
  | { readonly kind: 'promote'; readonly taskId: TaskId }
  | { readonly kind: 'choose'; readonly tasks: readonly TaskSummary[] };

export interface PromoteSituation {
  /** The task whose shell card, or the terminal in it, has the focus. */
  readonly focusedCardTaskId: string | undefined;
  /** The focus is in a terminal outside a shell card: of a background task, or of the user. */
  readonly inOtherTerminal: boolean;
  /** The focus is in a text field that is not empty. */
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
