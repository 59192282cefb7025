import type { ToolItem, ToolStatus } from '../../../preload/contract/index.ts';

/** Statuses in which the work has been done, or at least tried. */
const DONE: ReadonlySet<ToolStatus> = new Set(['success', 'error']);

/** Verbs come in the past tense; for a call that has not happened, or never will, that would be a lie. */
const PLAIN: Readonly<Record<string, string>> = {
  Called: 'Call',
  Edited: 'Edit',
  Listed: 'List',
  Planned: 'Plan',
  Ran: 'Run',
  Searched: 'Search',
  Stopped: 'Stop',
  Wrote: 'Write',
};

/** What stands before the target of a tool's row. */
export function toolVerb({ verb, status }: Pick<ToolItem, 'verb' | 'status'>): string {
  return DONE.has(status) ? verb : (PLAIN[verb] ?? verb);
}
