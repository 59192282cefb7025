import { type ToolItem, type ToolStatus, ToolVerb } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';

const DONE: ReadonlySet<ToolStatus> = new Set(['success', 'error']);

/** The text before the target of a tool's row. Sessions from earlier versions contain the text itself instead of a verb. */
export function toolVerb({ verb, status }: Pick<ToolItem, 'verb' | 'status'>): string {
  const known = ToolVerb.safeParse(verb).data;
  if (known === undefined) return verb;
  return DONE.has(status) ? t(`tool.done.${known}`) : t(`tool.doing.${known}`);
}
