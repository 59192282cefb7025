import { ArrowUp, Paperclip, Pencil, X } from 'lucide-react';
import type { QueuedPrompt, SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useStores, useUi, useView } from '../../../stores/index.ts';
import { Button, IconButton } from '../../../ui/index.ts';
import { t } from '../text.ts';

/** One line is visible. Unit: UTF-16 units. */
const SHOWN_CHARS = 2000;
const NONE: readonly QueuedPrompt[] = [];

/**
 * Messages that were sent but not read yet, above the composer: each can be returned to the composer or removed; a held message
 * can be sent.
 */
export function QueueList({ sessionId }: { readonly sessionId: SessionId }) {
  const queue = useView(sessionId, (view) => view.queue, NONE);
  const { host } = useStores();
  const offerText = useUi((ui) => ui.offerText);
  const { sendQueued, unqueue } = useActions();
  if (queue.length === 0) return null;
  const takeBack = async ({ localId, text }: QueuedPrompt) => {
    if (!(await unqueue(sessionId, localId))) return;
    const view = host.getState().views[sessionId];
    const waits = view?.queue.some((prompt) => prompt.localId === localId);
    const isRead = Object.values(view?.items ?? {}).some((item) => item.kind === 'user' && item.localId === localId);
    // The agent is reading it at this moment: if it returned to the composer too, it would be sent twice.
    if (waits !== true && !isRead) offerText(sessionId, text);
  };
  return (
    <div className="mx-2 max-h-[24vh] overflow-y-auto rounded-t-[10px] border border-b-0 border-border bg-wash px-1.5 py-1">
      {queue.some(({ isHeld }) => isHeld) && <p className="px-1.5 py-1 text-meta text-text-3">{t('queue.heldHint')}</p>}
      <ul aria-label={t('queue.list')}>
        {queue.map((prompt) => (
          <li key={prompt.localId} className="flex min-h-8 items-center gap-2 rounded-md pl-1.5 text-row text-text-2">
            <span className="min-w-0 flex-1 truncate" title={prompt.text.slice(0, SHOWN_CHARS)}>
              {prompt.text.slice(0, SHOWN_CHARS)}
            </span>
            {prompt.attachments !== undefined && <Paperclip size={13} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />}
            <span className="shrink-0 text-meta text-text-3">{whenRead(prompt)}</span>
            <span className="flex shrink-0 items-center">
              {prompt.isHeld && (
                <Button
                  look="quiet"
                  aria-label={t('queue.sendHeldNamed', { text: prompt.text })}
                  icon={<ArrowUp size={13} aria-hidden />}
                  onClick={() => sendQueued(sessionId, prompt.localId)}
                >
                  {t('common.send')}
                </Button>
              )}
              {prompt.attachments === undefined && (
                <IconButton label={t('queue.edit')} icon={<Pencil size={13} aria-hidden />} onClick={() => takeBack(prompt)} />
              )}
              <IconButton
                label={t('common.remove')}
                icon={<X size={14} aria-hidden />}
                onClick={() => unqueue(sessionId, prompt.localId)}
              />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function whenRead({ isHeld, delivery }: QueuedPrompt): string {
  if (isHeld) return t('queue.notSent');
  return delivery === 'steer' ? t('queue.waitsForStep') : t('queue.waitsForEnd');
}
