import { isTerminalStatus, type TaskSummary, type ToolItem } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';
import type { Tone } from '../../../ui/index.ts';

/**
 * Which form the card of a shell command has. Pure. waiting: no process yet. live: its terminal. background: one line that
 * leads to the task. ended: a row with the output.
 */
export type ShellFace = 'waiting' | 'live' | 'background' | 'ended';

export function shellFace(item: ToolItem, task: TaskSummary | undefined): ShellFace {
  const outcome = item.display.kind === 'shell' ? item.display.outcome : undefined;
  if (outcome === 'promoted' || outcome === 'background' || task?.placement === 'background') return 'background';
  if (item.status === 'pending' || item.status === 'awaiting_approval') return 'waiting';
  if (outcome !== 'running' || item.status !== 'running') return 'ended';
  // The process may end a moment before its tool call: the terminal stays until the row can replace it.
  return task === undefined ? 'waiting' : 'live';
}

type ShellDisplay = Extract<ToolItem['display'], { kind: 'shell' }>;

export interface ShellResult {
  readonly label: string;
  readonly tone: Tone;
  /** Open by default: the user should see it. */
  readonly failed: boolean;
}

/** The summary of an ended command in its row; undefined if there is none. */
export function shellResult(item: ToolItem): ShellResult | undefined {
  if (item.status === 'denied') return { label: t('task.state.denied'), tone: 'warn', failed: false };
  if (item.display.kind === 'shell') {
    const { outcome } = item.display;
    if (outcome === 'timed_out') return { label: t('task.state.timedOut'), tone: 'warn', failed: true };
    if (outcome === 'interrupted') return { label: t('task.state.interrupted'), tone: 'plain', failed: true };
    if (outcome === 'cancelled') return { label: t('task.state.cancelled'), tone: 'plain', failed: false };
    if (outcome === 'failed') return { label: endOf(item.display) ?? t('task.state.failed'), tone: 'err', failed: true };
    if (outcome === 'completed') return undefined;
  }
  if (item.status === 'cancelled') return { label: t('task.state.cancelled'), tone: 'plain', failed: false };
  if (item.status === 'error') return { label: t('task.state.failed'), tone: 'err', failed: true };
  return undefined;
}

/** The end of the process as a chip; the full sentence is below it. */
function endOf({ exitCode, signal }: ShellDisplay): string | undefined {
  if (signal !== undefined) return t('task.state.signal', { signal });
  return exitCode === undefined ? undefined : t('task.state.exited', { code: exitCode });
}

export function hasEnded(task: TaskSummary | undefined): boolean {
  return task !== undefined && isTerminalStatus(task.status);
}
