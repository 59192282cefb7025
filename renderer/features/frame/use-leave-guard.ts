import { useEffect } from 'react';
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';

/**
 * If closing the window ends Gantry, the browser asks first while commands run. Only then: otherwise commands continue without
 * a window. The desktop asks by itself and names the commands.
 */
export function useLeaveGuard(): void {
  const mustAsk = useHost(
    (host) => host.app?.endsWithWindow === true && Object.values<TaskSummary>(host.tasks).some(({ status }) => !isTerminalStatus(status)),
  );
  useEffect(() => {
    if (!mustAsk) return;
    // The browser shows its own text; a page can only request the question.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [mustAsk]);
}
