import type { HostEvent, SessionId, SessionSnapshot } from '../../preload/contract/index.ts';

/**
 * Which events one client receives: those without a session always, those of a session while it is attached. An attach is
 * atomic for the client: events between the snapshot and its answer are kept and follow the answer.
 */
export interface Subscriptions {
  /** Call it before the snapshot is requested. */
  begin(sessionId: SessionId): void;
  /** Call it when the answer has been sent. `undefined`: the attach failed. An attach that was ended meanwhile stays ended. */
  settle(sessionId: SessionId, snapshot: SessionSnapshot | undefined): void;
  end(sessionId: SessionId): void;
  offer(event: HostEvent): void;
  /** Attached, or about to be. */
  has(sessionId: SessionId): boolean;
  /** Ends all, including pending ones; returns those that were attached. */
  close(): readonly SessionId[];
}

export function createSubscriptions(send: (event: HostEvent) => void): Subscriptions {
  const attached = new Set<SessionId>();
  const attaching = new Map<SessionId, HostEvent[]>();
  let isClosed = false;

  return {
    begin(sessionId) {
      if (!isClosed && !attaching.has(sessionId)) attaching.set(sessionId, []);
    },
    settle(sessionId, snapshot) {
      const held = attaching.get(sessionId);
      attaching.delete(sessionId);
      if (snapshot === undefined || held === undefined) return;
      attached.add(sessionId);
      for (const event of held) if (isAfter(event, snapshot.seq)) send(event);
    },
    end(sessionId) {
      attached.delete(sessionId);
      attaching.delete(sessionId);
    },
    offer(event) {
      const sessionId = sessionOf(event);
      if (sessionId === undefined) {
        send(event);
        return;
      }
      const held = attaching.get(sessionId);
      if (held !== undefined) held.push(event);
      else if (attached.has(sessionId)) send(event);
    },
    has: (sessionId) => attached.has(sessionId) || attaching.has(sessionId),
    close() {
      isClosed = true;
      const ended = [...attached];
      attached.clear();
      attaching.clear();
      return ended;
    },
  };
}

/** The session whose attached clients receive the event; undefined for an event to all. */
function sessionOf(event: HostEvent): SessionId | undefined {
  switch (event.event) {
    case 'project.changed':
    case 'project.removed':
    case 'session.changed':
    case 'session.removed':
    case 'task.changed':
    case 'task.removed':
    case 'survivors.changed':
    case 'settings.changed':
    case 'mcp.changed':
    case 'notice.raised':
    case 'command.invoked':
      return undefined;
    default:
      return event.data.sessionId;
  }
}

/** Deltas have no seq; the client trims what the snapshot already holds. */
function isAfter(event: HostEvent, seq: number): boolean {
  return !('seq' in event.data) || event.data.seq > seq;
}
