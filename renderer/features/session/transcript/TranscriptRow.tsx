import { memo } from 'react';
import type { QueuedPrompt, SessionId } from '../../../../preload/contract/index.ts';
import { AgentRow } from './AgentRow.tsx';
import { ExploredRow } from './ExploredRow.tsx';
import { Item } from './Item.tsx';
import type { Row } from './rows.ts';
import { TurnRow } from './TurnRow.tsx';

export const TranscriptRow = memo(function TranscriptRow({ row, sessionId }: { readonly row: Row; readonly sessionId: SessionId }) {
  switch (row.kind) {
    case 'item':
      return <Item sessionId={sessionId} id={row.id} isLast={row.isLast} />;
    case 'agent':
      return <AgentRow sessionId={sessionId} id={row.id} childIds={row.childIds} />;
    case 'explored':
      return <ExploredRow sessionId={sessionId} ids={row.ids} />;
    case 'turn':
      return <TurnRow sessionId={sessionId} />;
    case 'pending':
      return <PromptRow prompt={row.prompt} />;
  }
});

/** Six lines are visible. Unit: UTF-16 units. */
const SHOWN_CHARS = 4000;

/** A prompt that is being sent. */
function PromptRow({ prompt }: { readonly prompt: QueuedPrompt }) {
  return (
    <div className="rounded-lg border border-dashed border-border-strong px-3.5 py-2.5 text-text-2">
      <p className="line-clamp-6 min-w-0 break-words whitespace-pre-wrap">{prompt.text.slice(0, SHOWN_CHARS)}</p>
    </div>
  );
}
