import { Check, Copy, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { AssistantItem, SessionId, UserItem } from '../../../../preload/contract/index.ts';
import { type SessionView, useClient, useSessionSummary, useStores, useView } from '../../../stores/index.ts';
import { IconButton, useCopy } from '../../../ui/index.ts';
import { t } from '../text.ts';
import { wholeText } from '../whole-text.ts';
import { RewindDialog } from './RewindDialog.tsx';

const icon = { size: 14, strokeWidth: 1.6, 'aria-hidden': true } as const;

/** The actions for the answer of a turn. They appear on hover and on focus, in a place that is reserved for them. */
export function AnswerActions({ item, sessionId }: { readonly item: AssistantItem; readonly sessionId: SessionId }) {
  const client = useClient();
  const { host } = useStores();
  const { copied, copy } = useCopy();
  const isIdle = useSessionSummary(sessionId)?.state === 'idle';
  const isHeld = useView(sessionId, (view) => view.heldBy !== undefined, false);
  const [prompt, setPrompt] = useState<UserItem>();
  return (
    <div className="-ml-1 flex h-7 gap-0.5 text-text-3 opacity-0 group-focus-within/answer:opacity-100 group-hover/answer:opacity-100">
      <IconButton
        label={copied ? t('common.copied') : t('session.copyAnswer')}
        icon={copied ? <Check {...icon} /> : <Copy {...icon} />}
        onClick={() => void wholeText(client, sessionId, item).then(copy, () => undefined)}
      />
      <IconButton
        label={t('session.tryAnswerAgain')}
        icon={<RotateCcw {...icon} />}
        disabled={!isIdle || isHeld}
        onClick={() => setPrompt(promptOf(host.getState().views[sessionId], item))}
      />
      {prompt && <RewindDialog sessionId={sessionId} itemId={prompt.id} purpose={{ again: prompt }} onClose={() => setPrompt(undefined)} />}
    </div>
  );
}

/** The prompt that an answer belongs to; undefined if it is not loaded. */
export function promptOf(view: SessionView | undefined, answer: AssistantItem): UserItem | undefined {
  const before = view?.order.slice(0, view.order.indexOf(answer.id)) ?? [];
  const item = before.map((id) => view?.items[id]).findLast((one) => one?.kind === 'user');
  return item?.kind === 'user' ? item : undefined;
}
