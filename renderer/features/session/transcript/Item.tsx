import { memo } from 'react';
import type { ItemId, SessionId } from '../../../../preload/contract/index.ts';
import { useItem } from '../../../stores/index.ts';
import { ShellCard } from '../../task/index.ts';
import { AssistantMessage } from './AssistantMessage.tsx';
import { Notice } from './Notice.tsx';
import { ToolRow } from './ToolRow.tsx';
import { UserMessage } from './UserMessage.tsx';

export interface ItemProps {
  readonly sessionId: SessionId;
  readonly id: ItemId;
  /** It ends a turn. */
  readonly isLast?: boolean | undefined;
}

/** One item of the transcript; renders only when that item changes. */
export const Item = memo(function Item({ sessionId, id, isLast = false }: ItemProps) {
  const item = useItem(sessionId, id);
  if (!item) return null;
  switch (item.kind) {
    case 'user':
      return <UserMessage item={item} sessionId={sessionId} />;
    case 'assistant':
      return <AssistantMessage item={item} sessionId={sessionId} isLast={isLast} />;
    case 'tool':
      return item.display.kind === 'shell' ? <ShellCard item={item} /> : <ToolRow item={item} />;
    case 'notice':
      return <Notice item={item} sessionId={sessionId} />;
  }
});
