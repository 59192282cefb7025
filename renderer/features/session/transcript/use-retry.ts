import type { SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useStores } from '../../../stores/index.ts';

/** Tries again: the waiting attempt at once while a turn runs, otherwise the last prompt again. */
export function useRetry(sessionId: SessionId): () => void {
  const { host } = useStores();
  const { retryNow, prompt } = useActions();
  return () => {
    const view = host.getState().views[sessionId];
    if (!view) return;
    if (view.turn) {
      void retryNow(sessionId);
      return;
    }
    const last = view.order.map((id) => view.items[id]).findLast((item) => item?.kind === 'user');
    if (last?.kind === 'user') void prompt(last.text);
  };
}
