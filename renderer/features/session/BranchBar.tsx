import { GitFork, X } from 'lucide-react';
import type { SessionId } from '../../../preload/contract/index.ts';
import { useActions, useUi } from '../../stores/index.ts';
import { strings } from '../../strings.ts';
import { Button, IconButton } from '../../ui/index.ts';

/** Says where a branched session came from, and leads back there. */
export function BranchBar({ sessionId }: { readonly sessionId: SessionId }) {
  const origin = useUi((ui) => ui.branchedFrom[sessionId]);
  const forget = useUi((ui) => ui.forgetBranch);
  const { openSession } = useActions();
  if (origin === undefined) return null;
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-b border-border px-3 text-meta text-text-2">
      <GitFork size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <span className="min-w-0 truncate">{strings.session.branchedFrom(origin.title)}</span>
      <Button look="quiet" className="text-meta" onClick={() => openSession(origin.projectId, origin.sessionId)}>
        {strings.session.openOrigin}
      </Button>
      <IconButton
        label={strings.session.forgetOrigin}
        icon={<X size={14} aria-hidden />}
        className="ml-auto"
        onClick={() => forget(sessionId)}
      />
    </div>
  );
}
