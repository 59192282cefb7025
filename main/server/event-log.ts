/**
 * The latest events of one session with their numbers, so that a client that lost its connection can continue. Only in memory.
 */

/** Source: docs/formats.md 8. */
export const KEPT_EVENTS = 8000;

export interface LoggedEvent {
  /** Grows by one, from 1. */
  readonly id: number;
  readonly type: string;
  /** One line of JSON, in the form that is sent. */
  readonly json: string;
}

export interface EventLog {
  append(type: string, toJson: (id: number) => string): LoggedEvent;
  lastId(): number;
  /** Events after `id`, oldest first; `isCut` if some of them are no longer kept. */
  after(id: number): { readonly events: readonly LoggedEvent[]; readonly isCut: boolean };
  subscribe(listener: (event: LoggedEvent) => void): () => void;
}

export function createEventLog(keptEvents = KEPT_EVENTS): EventLog {
  const ring: LoggedEvent[] = [];
  const listeners = new Set<(event: LoggedEvent) => void>();
  let lastId = 0;
  return {
    append(type, toJson) {
      lastId += 1;
      const event = { id: lastId, type, json: toJson(lastId) };
      ring[(lastId - 1) % keptEvents] = event;
      for (const listener of [...listeners]) listener(event);
      return event;
    },
    lastId: () => lastId,
    after(id) {
      const oldestId = Math.max(1, lastId - keptEvents + 1);
      const events: LoggedEvent[] = [];
      for (let next = Math.max(id + 1, oldestId); next <= lastId; next += 1) {
        const event = ring[(next - 1) % keptEvents];
        if (event !== undefined) events.push(event);
      }
      return { events, isCut: id + 1 < oldestId };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
