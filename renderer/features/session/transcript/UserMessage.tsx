import { useState } from 'react';
import type { SessionId, UserItem } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { Button } from '../../../ui/index.ts';
import { omittedChars } from '../whole-text.ts';
import { LongTextNote } from './LongTextNote.tsx';
import { MessageAttachments } from './MessageAttachments.tsx';
import { UserMessageMenu } from './UserMessageMenu.tsx';

/** A longer prompt is collapsed to its beginning. */
const FOLD_LINES = 14;

export interface UserMessageProps {
  readonly item: UserItem;
  readonly sessionId: SessionId;
}

/** The user's prompt: a quiet raised block. Its menu appears on hover, on focus, and on right click. */
export function UserMessage({ item, sessionId }: UserMessageProps) {
  const { text } = item;
  const [menuOpen, setMenuOpen] = useState(false);
  const [open, setOpen] = useState(false);
  const lines = text.split('\n');
  const omitted = omittedChars(item);
  const folds = lines.length > FOLD_LINES + 2;
  const shown = folds && !open ? lines.slice(0, FOLD_LINES).join('\n') : text;
  return (
    <div
      className="group/message relative rounded-lg border border-border bg-raised px-3.5 py-2.5"
      onContextMenu={(event) => {
        // On selected text, the system's menu offers Copy.
        if (window.getSelection()?.isCollapsed === false) return;
        event.preventDefault();
        setMenuOpen(true);
      }}
    >
      <div
        className={`absolute top-1.5 right-1.5 opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 ${menuOpen ? 'opacity-100' : ''}`}
      >
        <UserMessageMenu sessionId={sessionId} item={item} open={menuOpen} onOpen={setMenuOpen} />
      </div>
      <h2 className="sr-only">{t('transcript.you')}</h2>
      {shown !== '' && <p className="break-words whitespace-pre-wrap">{shown}</p>}
      {item.attachments !== undefined && <MessageAttachments sessionId={sessionId} itemId={item.id} attachments={item.attachments} />}
      {folds && (
        <Button look="quiet" className="mt-1 -ml-2.5" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open
            ? t('transcript.showLess')
            : omitted > 0
              ? t('transcript.showMoreLines')
              : t('transcript.showAllLines', { lines: lines.length })}
        </Button>
      )}
      {omitted > 0 && (
        <LongTextNote
          title={t('longText.prompt')}
          sessionId={sessionId}
          itemId={item.id}
          part="text"
          shownChars={text.length}
          omittedChars={omitted}
        />
      )}
    </div>
  );
}
