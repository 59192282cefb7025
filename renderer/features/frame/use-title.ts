import { useEffect } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActiveProject, useActiveSessionId, useHost, useSessionSummary } from '../../stores/index.ts';

/** The window's title for task bars and tabs: how many sessions need the user, and which one is shown. */
export function useTitle(): void {
  const project = useActiveProject();
  const session = useSessionSummary(useActiveSessionId());
  const waiting = useHost((host) => Object.values<SessionSummary>(host.sessions).filter((one) => one.state === 'needs_you').length);
  const place = [session?.title, project?.name, 'Gantry'].filter(Boolean).join(' - ');
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${place}` : place;
  }, [waiting, place]);
}
