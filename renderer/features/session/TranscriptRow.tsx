import { X } from 'lucide-react';
import { memo } from 'react';
import type { QueuedPrompt, SessionId } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { strings } from '../../strings.ts';
import { Chip, IconButton } from '../../ui/index.ts';
import { ExploredRow } from './ExploredRow.tsx';
import { Item } from './Item.tsx';
import type { Row } from './rows.ts';
import { TurnRow } from './TurnRow.tsx';

export const TranscriptRow = memo(function TranscriptRow({ row, sessionId }: { readonly row: Row; readonly sessionId: SessionId }) {
  switch (row.kind) {
    case 'item':
      return <Item sessionId={sessionId} id={row.id} />;
    case 'explored':
      return <ExploredRow sessionId={sessionId} ids={row.ids} />;
    case 'turn':
      return <TurnRow sessionId={sessionId} />;
    case 'pending':
      return <PromptRow prompt={row.prompt} />;
    case 'queued':
      return <PromptRow prompt={row.prompt} queuedIn={sessionId} />;
  }
});

/** A prompt that is on its way, or waits for the running turn to end. */
function PromptRow({ prompt, queuedIn }: { readonly prompt: QueuedPrompt; readonly queuedIn?: SessionId }) {
  const { unqueue } = useActions();
  return (
    <div className="flex items-start gap-2 rounded-lg border border-dashed border-border-strong px-3.5 py-2.5 text-text-2">
      <p className="line-clamp-6 min-w-0 flex-1 break-words whitespace-pre-wrap">{prompt.text}</p>
      {queuedIn !== undefined && (
        <>
          <Chip>{strings.transcript.queued}</Chip>
          <IconButton
            label={strings.transcript.removeQueued}
            icon={<X size={14} aria-hidden />}
            className="-my-1 -mr-2"
            onClick={() => unqueue(queuedIn, prompt.localId)}
          />
        </>
      )}
    </div>
  );
}
