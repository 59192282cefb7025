import type { SessionSummary } from '../../../preload/contract/index.ts';

export type SessionDot = 'running' | 'needs_you' | 'unread' | 'idle';

/** What the dot before a session says. Needing the user beats everything; what is open before one's eyes is read. */
export function sessionDot(session: SessionSummary, seenTurns: number | undefined, active: boolean): SessionDot {
  if (session.state !== 'idle') return session.state;
  if (active || seenTurns === undefined) return 'idle';
  return session.endedTurns > seenTurns ? 'unread' : 'idle';
}
