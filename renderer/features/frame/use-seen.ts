import { useEffect } from 'react';
import { useActiveSessionId, useSessionSummary, useUi } from '../../stores/index.ts';

/** The open session counts as seen. */
export function useSeen(): void {
  const id = useActiveSessionId();
  const endedTurns = useSessionSummary(id)?.endedTurns;
  const markSeen = useUi((ui) => ui.markSeen);
  useEffect(() => {
    if (id !== undefined && endedTurns !== undefined) markSeen(id, endedTurns);
  }, [id, endedTurns, markSeen]);
}
