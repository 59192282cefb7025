import { Lock } from 'lucide-react';
import { useState } from 'react';
import type { SessionId } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { t } from './text.ts';
import { Button } from '../../ui/index.ts';

export interface ReadOnlyBarProps {
  readonly sessionId: SessionId;
  readonly heldBy: { readonly pid: number; readonly host: string };
}

/** Replaces the composer while another process writes the session. */
export function ReadOnlyBar({ sessionId, heldBy }: ReadOnlyBarProps) {
  const { takeOverSession } = useActions();
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState(false);
  const tryAgain = async () => {
    setAsking(true);
    setRefused((await takeOverSession(sessionId)) === 'held'); // once this process holds the lease, the composer replaces this bar
    setAsking(false);
  };
  return (
    <div
      role="status"
      className="flex items-center gap-2.5 rounded-[10px] border border-border-strong bg-raised px-3.5 py-2.5 text-row text-text-2"
    >
      <Lock size={15} strokeWidth={1.6} aria-hidden className="shrink-0 text-warn" />
      <p className="min-w-0 flex-1">{refused ? t('session.stillHeld', heldBy) : t('session.heldBy', heldBy)}</p>
      <Button disabled={asking} onClick={tryAgain}>
        {t('common.tryAgain')}
      </Button>
    </div>
  );
}
