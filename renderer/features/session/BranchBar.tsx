import { GitFork, X } from 'lucide-react';
import type { SessionId } from '../../../preload/contract/index.ts';
import { useActions, useSessionSummary, useUi, useView } from '../../stores/index.ts';
import { t } from './text.ts';
import { Button, IconButton } from '../../ui/index.ts';

/** Shows which session a branched session came from, as its file states, and links to it. */
export function BranchBar({ sessionId }: { readonly sessionId: SessionId }) {
  const origin = useView(sessionId, (view) => view.branchedFrom, undefined);
  const projectId = useView(sessionId, (view) => view.projectId, undefined);
  const isHidden = useUi((ui) => ui.hiddenOrigins.includes(sessionId));
  const hide = useUi((ui) => ui.hideOrigin);
  const nameNow = useSessionSummary(origin?.sessionId)?.title;
  const { openSession } = useActions();
  if (origin === undefined || projectId === undefined || isHidden) return null;
  const title = nameNow ?? origin.title;
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-b border-border px-3 text-meta text-text-2">
      <GitFork size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <span className="min-w-0 truncate">
        {title === undefined ? t('session.branchedFromOther') : t('session.branchedFrom', { title })}
      </span>
      <Button look="quiet" className="text-meta" onClick={() => openSession(projectId, origin.sessionId)}>
        {t('session.openOrigin')}
      </Button>
      <IconButton label={t('common.dismiss')} icon={<X size={14} aria-hidden />} className="ml-auto" onClick={() => hide(sessionId)} />
    </div>
  );
}
