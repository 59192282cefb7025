import { useState } from 'react';
import { isTerminalStatus, type SessionSummary, type TaskSummary } from '../../../preload/contract/index.ts';
import { useActions, useStores, useTasksOfSessions, useUi } from '../../stores/index.ts';
import { strings } from '../../strings.ts';

export interface Closing {
  /** Something runs in these sessions, or the agent is at work. */
  readonly isAtWork: boolean;
  readonly isAsking: boolean;
  /** What would be stopped, newest first. */
  readonly running: readonly TaskSummary[];
  readonly agentWorks: boolean;
  /** Closes at once where nothing runs, else asks first. */
  ask(): void;
  cancel(): void;
  confirm(): void;
}

/** Closes sessions and, with `after`, what they stand in. Asks only while something runs (BT-18). */
export function useClosing(sessions: readonly SessionSummary[], after?: () => Promise<unknown>): Closing {
  const { host } = useStores();
  const { closeSession } = useActions();
  const announce = useUi((ui) => ui.announce);
  const [isAsking, setAsking] = useState(false);
  const running = useTasksOfSessions(sessions).filter((task) => !isTerminalStatus(task.status));
  const agentWorks = sessions.some((session) => session.state === 'running' || session.state === 'needs_you');
  const isAtWork = agentWorks || running.length > 0;

  const close = async () => {
    for (const session of sessions) {
      // Of a folder only what is in use: all its sessions may be hundreds.
      const inUse = after === undefined || session.state !== 'idle' || host.getState().views[session.id] !== undefined;
      if (!inUse && !running.some((task) => task.sessionId === session.id)) continue;
      if (!(await closeSession(session.projectId, session.id))) return; // a toast says why
      announce(strings.closing.closed(session.title || strings.sidebar.untitled));
    }
    await after?.();
  };
  return {
    isAtWork,
    isAsking,
    running,
    agentWorks,
    ask: () => (isAtWork ? setAsking(true) : void close()),
    cancel: () => setAsking(false),
    confirm() {
      setAsking(false);
      void close();
    },
  };
}
