import { useState } from 'react';
import { isTerminalStatus, type SessionSummary, type TaskSummary } from '../../../preload/contract/index.ts';
import { hasRunningTask, useActions, useHasRunningTask, useStores, useTasksOfSessions, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';

export interface Closing {
  /** Commands run in these sessions, or the agent is working. */
  readonly isAtWork: boolean;
  readonly isAsking: boolean;
  /** What would be stopped, newest first; set while the user is asked. */
  readonly running: readonly TaskSummary[];
  readonly agentWorks: boolean;
  /** Closes at once if nothing runs, otherwise asks first. */
  ask(): void;
  cancel(): void;
  confirm(): void;
}

const NONE: readonly SessionSummary[] = [];

/** Closes sessions and, with `after`, their folder. Asks only while something runs (BT-18). */
export function useClosing(sessions: readonly SessionSummary[], after?: () => Promise<unknown>): Closing {
  const { host } = useStores();
  const { closeSession } = useActions();
  const announce = useUi((ui) => ui.announce);
  const [isAsking, setAsking] = useState(false);
  const hasRunning = useHasRunningTask(sessions);
  // Tasks are read when the user closes something, not selected: they change several times a second, and there are many session
  // rows.
  const running = useTasksOfSessions(isAsking ? sessions : NONE).filter((task) => !isTerminalStatus(task.status));
  const agentWorks = sessions.some((session) => session.state === 'running' || session.state === 'needs_you');
  const isAtWork = agentWorks || hasRunning;

  const close = async () => {
    for (const session of sessions) {
      // Only the sessions of the folder that are in use: a folder may have hundreds.
      const inUse = after === undefined || session.state !== 'idle' || host.getState().views[session.id] !== undefined;
      if (!inUse && !hasRunningTask(host.getState(), [session])) continue;
      if (!(await closeSession(session.projectId, session.id))) return; // a toast gives the reason
      announce(t('announce.sessionClosed', { title: session.title || t('common.untitled') }));
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
