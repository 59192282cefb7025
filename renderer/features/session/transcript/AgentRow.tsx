import { type ItemId, isTerminalStatus, type SessionId } from '../../../../preload/contract/index.ts';
import { useItem, useItems, useTasksOfSession } from '../../../stores/index.ts';
import { Button } from '../../../ui/index.ts';
import { toolVerb, useTaskActions } from '../../task/index.ts';
import { t } from '../../../i18n.ts';
import { Item } from './Item.tsx';
import { ToolRow } from './ToolRow.tsx';

export interface AgentRowProps {
  readonly sessionId: SessionId;
  /** The call that started the subagent. */
  readonly id: ItemId;
  readonly childIds: readonly ItemId[];
}

/** A subagent as one row: its current step and a stop button while it works, then its number of steps; all steps are below. */
export function AgentRow({ sessionId, id, childIds }: AgentRowProps) {
  const item = useItem(sessionId, id);
  const calls = useItems(sessionId, childIds).filter((child) => child.kind === 'tool');
  const task = useTasksOfSession(sessionId).find((each) => each.toolCallId === id && each.agent && !isTerminalStatus(each.status));
  const { stop } = useTaskActions();
  if (item?.kind !== 'tool') return null;
  const last = calls.at(-1);
  const isBusy =
    task !== undefined || calls.some(({ status }) => status === 'running' || status === 'pending' || status === 'awaiting_approval');
  const note = isBusy && last !== undefined ? `${toolVerb(last)} ${last.target}` : t('subagent.steps', { count: calls.length });
  const row = (
    <ToolRow item={item} note={note}>
      <div
        role="group"
        aria-label={t('subagent.label', { target: item.target })}
        // Scrolls, so it must be reachable by keyboard.
        tabIndex={0}
        className="-ml-[18px] max-h-96 overflow-y-auto border-l border-border pl-2"
      >
        {childIds.map((childId) => (
          <Item key={childId} sessionId={sessionId} id={childId} />
        ))}
      </div>
    </ToolRow>
  );
  return (
    <div className="flex items-start gap-1.5">
      <div className="min-w-0 flex-1">{row}</div>
      {task !== undefined && (
        <Button
          look="quiet"
          className="mt-0.5"
          aria-label={t('subagent.stop', { target: item.target })}
          aria-disabled={task.status === 'stopping'}
          onClick={() => task.status !== 'stopping' && stop(task.id, { force: false })}
        >
          {t('common.stop')}
        </Button>
      )}
    </div>
  );
}
