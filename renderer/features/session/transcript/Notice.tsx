import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { SessionId, TranscriptItem } from '../../../../preload/contract/index.ts';
import { useUi, useView } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { Button } from '../../../ui/index.ts';
import { LazyMarkdown } from '../markdown/LazyMarkdown.tsx';
import { noticeDetail, noticeText } from './notice-text.ts';
import { useRetry } from './use-retry.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

const LOOKS = {
  quiet: { Icon: Info, ink: 'text-text-3', box: '' },
  warning: { Icon: TriangleAlert, ink: 'text-warn', box: 'rounded-lg bg-warn-tint py-2' },
  error: { Icon: CircleAlert, ink: 'text-err', box: 'rounded-lg bg-err-tint py-2.5' },
} as const;

/** A row from the app: what happened, and the one action that the user can take. */
export function Notice({ item, sessionId }: { readonly item: NoticeItem; readonly sessionId: SessionId }) {
  const { Icon, ink, box } = LOOKS[item.level];
  const detail = noticeDetail(item);
  return (
    <div className={`flex min-h-8 items-start gap-2.5 px-2.5 py-1.5 text-row ${box}`} role={item.level === 'error' ? 'alert' : undefined}>
      <Icon size={15} strokeWidth={1.6} aria-hidden className={`mt-[2.5px] shrink-0 ${ink}`} />
      <div className="min-w-0 flex-1">
        <p className={`break-words ${item.level === 'quiet' ? 'text-text-2' : 'text-text-1'}`}>{noticeText(item)}</p>
        {detail !== undefined && <Detail text={detail} of={item} />}
      </div>
      <NoticeAction item={item} sessionId={sessionId} />
    </div>
  );
}

/** Markdown. The answer of a command is open; the summary of earlier messages is collapsed, because few users read it. */
function Detail({ text, of: { level, content } }: { readonly text: string; readonly of: NoticeItem }) {
  const isAnswer = content?.code === 'command_answer';
  const [open, setOpen] = useState(isAnswer);
  if (level !== 'quiet') return <p className="mt-0.5 text-meta break-words whitespace-pre-wrap text-text-2">{text}</p>;
  return (
    <>
      {!isAnswer && (
        <Button look="quiet" className="-ml-2.5" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('transcript.showLess') : t('composer.showSummary')}
        </Button>
      )}
      {open && (
        <div className="mt-1 text-row text-text-2">
          <LazyMarkdown text={text} />
        </div>
      )}
    </>
  );
}

function NoticeAction({ item, sessionId }: { readonly item: NoticeItem; readonly sessionId: SessionId }) {
  const retry = useRetry(sessionId);
  const showScreen = useUi((ui) => ui.showScreen);
  const openTask = useUi((ui) => ui.openTask);
  const providerId = useView(sessionId, (view) => view.model?.providerId, undefined);
  const { action, taskId } = item;
  if (action === 'open_models')
    return (
      <Button className="-my-1" onClick={() => showScreen('settings', providerId)}>
        {t('notice.openModels')}
      </Button>
    );
  if (action === 'retry')
    return (
      <Button className="-my-1" onClick={retry}>
        {t('common.tryAgain')}
      </Button>
    );
  if (action === 'open_task' && taskId !== undefined) {
    return (
      <Button look="quiet" className="-my-1" onClick={() => openTask(taskId)}>
        {t('common.open')}
      </Button>
    );
  }
  return null;
}
