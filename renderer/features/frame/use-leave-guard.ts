import { useEffect } from 'react';
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';

/**
 * Where closing the window ends Gantry, the browser asks first while commands run. Only there: elsewhere the commands go
 * on without a window. The desktop asks by itself, and names them.
 */
export function useLeaveGuard(): void {
  const mustAsk = useHost(
    (host) => host.app?.endsWithWindow === true && Object.values<TaskSummary>(host.tasks).some(({ status }) => !isTerminalStatus(status)),
  );
  useEffect(() => {
    if (!mustAsk) return;
    // The browser says it in its own words; a page may only want to be asked.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [mustAsk]);
}
