import { LoaderCircle, RotateCw } from 'lucide-react';
import type { RunningTurn, SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useSessionSummary, useView } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { Button, formatDuration, useNow } from '../../../ui/index.ts';
import { retryReason } from './retry-reason.ts';

/** The running turn: its phase and duration; while it waits for another attempt, the time of that attempt. */
export function TurnRow({ sessionId }: { readonly sessionId: SessionId }) {
  const turn = useView(sessionId, (view) => view.turn, undefined);
  const summary = useSessionSummary(sessionId);
  const { isCompacting = false, hookStatus } = summary ?? {};
  if (!turn) return <Alone text={hookStatus ?? (isCompacting ? t('composer.compacting') : t('turn.phase.preparing'))} />;
  if (turn.phase === 'retrying' && turn.retry) return <Retry sessionId={sessionId} retry={turn.retry} />;
  return <Phase turn={turn} hookStatus={hookStatus} />;
}

/** Work that is not a turn: a requested summary, a rewind. If it is short, it is not shown. */
function Alone({ text }: { readonly text: string }) {
  return (
    <div className="flex h-8 animate-appear-late items-center gap-2.5 px-2.5 text-row text-text-3">
      <LoaderCircle size={15} strokeWidth={1.6} aria-hidden className="animate-spin text-run" />
      <span className="min-w-0 truncate">{text}</span>
    </div>
  );
}

/** `hookStatus`: the text of the hook that is running. */
function Phase({ turn, hookStatus }: { readonly turn: RunningTurn; readonly hookStatus: string | undefined }) {
  const nowMs = useNow(1000);
  const waits = turn.phase === 'awaiting_approval';
  return (
    <div className="flex h-8 items-center gap-2.5 px-2.5 text-row text-text-3">
      <LoaderCircle size={15} strokeWidth={1.6} aria-hidden className={waits ? 'text-warn' : 'animate-spin text-run'} />
      <span className="min-w-0 truncate">
        {hookStatus ?? (turn.compacting === true ? t('composer.compacting') : t(`turn.phase.${turn.phase}`))}
      </span>
      <span className="text-meta">{formatDuration(nowMs - turn.startedAtMs)}</span>
    </div>
  );
}

function Retry({ sessionId, retry }: { readonly sessionId: SessionId; readonly retry: NonNullable<RunningTurn['retry']> }) {
  const nowMs = useNow(250);
  const { retryNow, cancelTurn } = useActions();
  const seconds = Math.max(0, Math.ceil((retry.atMs - nowMs) / 1000));
  return (
    <div className="flex flex-wrap items-center gap-2.5 rounded-lg bg-warn-tint px-2.5 py-2 text-row">
      <RotateCw size={15} strokeWidth={1.6} aria-hidden className="text-warn" />
      <span className="min-w-0 flex-1 break-words">{retryReason(retry)}</span>
      <span className="text-text-2">{t('turn.retry', { attempt: retry.attempt, seconds })}</span>
      <Button onClick={() => retryNow(sessionId)}>{t('turn.tryNow')}</Button>
      <Button look="quiet" onClick={() => cancelTurn(sessionId)}>
        {t('common.stop')}
      </Button>
    </div>
  );
}
