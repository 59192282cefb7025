import type { ItemId, SessionId } from '../../../preload/contract/index.ts';
import { useItem, useItems } from '../../stores/index.ts';
import { toolVerb } from '../task/index.ts';
import { composerStrings } from './composer-strings.ts';
import { Item } from './Item.tsx';
import { ToolRow } from './ToolRow.tsx';

export interface AgentRowProps {
  readonly sessionId: SessionId;
  /** The call that began the subagent. */
  readonly id: ItemId;
  readonly childIds: readonly ItemId[];
}

/** A subagent as one row: what it is at while it works, how many steps it took, and all of them below. */
export function AgentRow({ sessionId, id, childIds }: AgentRowProps) {
  const item = useItem(sessionId, id);
  const calls = useItems(sessionId, childIds).filter((child) => child.kind === 'tool');
  if (item?.kind !== 'tool') return null;
  const last = calls.at(-1);
  const isBusy = calls.some(({ status }) => status === 'running' || status === 'pending' || status === 'awaiting_approval');
  const note = isBusy && last !== undefined ? `${toolVerb(last)} ${last.target}` : composerStrings.steps(calls.length);
  return (
    <ToolRow item={item} note={note}>
      <div
        role="group"
        aria-label={composerStrings.subagent(item.target)}
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
}
