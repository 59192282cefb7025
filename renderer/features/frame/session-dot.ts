import type { SessionSummary } from '../../../preload/contract/index.ts';

export type SessionDot = 'running' | 'needs_you' | 'unread' | 'idle';

/** The state of the dot before a session. Needing the user takes precedence; the open session counts as read. */
export function sessionDot(session: SessionSummary, seenTurns: number | undefined, active: boolean): SessionDot {
  if (session.state !== 'idle') return session.state;
  if (active || seenTurns === undefined) return 'idle';
  return session.endedTurns > seenTurns ? 'unread' : 'idle';
}
