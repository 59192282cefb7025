import type { SessionHit } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';

/** Opens a session that a search has found, at the match or at its end. */
export function useOpenHit(): (hit: SessionHit, atPlace: boolean) => void {
  const { openSession, openSessionAt, openSessionIn } = useActions();
  return ({ projectId, sessionId, itemId, cwd }, atPlace) => {
    if (projectId === undefined) void openSessionIn(cwd, sessionId, itemId);
    else if (atPlace) void openSessionAt(projectId, sessionId, itemId);
    else void openSession(projectId, sessionId);
  };
}
