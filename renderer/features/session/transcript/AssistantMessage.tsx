import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { AssistantItem, SessionId } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { formatDuration, useNow } from '../../../ui/index.ts';
import { LazyMarkdown } from '../markdown/LazyMarkdown.tsx';
import { atLine, omittedChars } from '../whole-text.ts';
import { AnswerActions } from './AnswerActions.tsx';
import { LongTextNote } from './LongTextNote.tsx';

export interface AssistantMessageProps {
  readonly item: AssistantItem;
  readonly sessionId: SessionId;
  /** It ends a turn: it has actions. */
  readonly isLast?: boolean;
}

/** The model's answer, plain on the canvas; its thinking is collapsed. */
export function AssistantMessage({ item, sessionId, isLast = false }: AssistantMessageProps) {
  const omitted = omittedChars(item);
  return (
    <article className="group/answer flex flex-col gap-2">
      <h2 className="sr-only">{t('transcript.gantry')}</h2>
      {item.thinking.trim() !== '' && <Thinking item={item} sessionId={sessionId} />}
      {item.text.trim() !== '' && (
        <LazyMarkdown text={omitted > 0 ? atLine(item.text) : item.text} streaming={item.streaming && omitted === 0} />
      )}
      {omitted > 0 && (
        <LongTextNote
          title={t('longText.answer')}
          sessionId={sessionId}
          itemId={item.id}
          part="text"
          shownChars={item.text.length}
          omittedChars={omitted}
        />
      )}
      {isLast && item.text.trim() !== '' && !item.streaming && <AnswerActions item={item} sessionId={sessionId} />}
    </article>
  );
}

/** Shorter durations are not shown. Unit: ms. */
const SHORTEST_SHOWN_MS = 1000;

function Thinking({ item, sessionId }: AssistantMessageProps) {
  const [open, setOpen] = useState(false);
  const active = item.streaming && item.text === '' && item.thinkingMs === undefined;
  const nowMs = useNow(1000, active);
  const ms = active ? nowMs - item.createdAtMs : item.thinkingMs;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-7 items-center gap-1.5 rounded-md px-1 text-row text-text-3 hover:text-text-2"
      >
        <ChevronRight size={14} aria-hidden className={`transition-[rotate] duration-150 ${open ? 'rotate-90' : ''}`} />
        {active ? t('transcript.thinking') : t('transcript.thought')}
        {ms !== undefined && ms >= SHORTEST_SHOWN_MS && <span className="text-meta"> {formatDuration(ms, !active)}</span>}
      </button>
      {open && (
        <>
          <p className="ml-[11px] border-l-2 border-border py-0.5 pl-3 text-row break-words whitespace-pre-wrap text-text-2">
            {item.thinking.trim()}
          </p>
          {omittedChars(item, 'thinking') > 0 && (
            <LongTextNote
              title={t('longText.thinking')}
              sessionId={sessionId}
              itemId={item.id}
              part="thinking"
              shownChars={item.thinking.length}
              omittedChars={omittedChars(item, 'thinking')}
            />
          )}
        </>
      )}
    </div>
  );
}
