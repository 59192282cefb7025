/**
 * The latest events of one session with their numbers, so that a client that lost its connection can continue. Only in memory, and
 * bounded in number and size.
 */

/** Source: docs/formats.md 8. */
export const KEPT_EVENTS = 8000;

/** Unit: UTF-16 code units. */
export const KEPT_CHARS = 16 * 1024 * 1024;

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
  hasListeners(): boolean;
}

export function createEventLog({ events: maxEvents, chars: maxChars } = { events: KEPT_EVENTS, chars: KEPT_CHARS }): EventLog {
  const kept = new Map<number, LoggedEvent>();
  const listeners = new Set<(event: LoggedEvent) => void>();
  let lastId = 0;
  let oldestId = 1;
  let chars = 0;

  /** The latest event stays, whatever its size. */
  function drop(): void {
    while (oldestId < lastId && (kept.size > maxEvents || chars > maxChars)) {
      chars -= kept.get(oldestId)?.json.length ?? 0;
      kept.delete(oldestId);
      oldestId += 1;
    }
  }

  return {
    append(type, toJson) {
      lastId += 1;
      const event = { id: lastId, type, json: toJson(lastId) };
      kept.set(lastId, event);
      chars += event.json.length;
      drop();
      for (const listener of [...listeners]) listener(event);
      return event;
    },
    lastId: () => lastId,
    after(id) {
      const events: LoggedEvent[] = [];
      for (let next = Math.max(id + 1, oldestId); next <= lastId; next += 1) {
        const event = kept.get(next);
        if (event !== undefined) events.push(event);
      }
      return { events, isCut: id + 1 < oldestId };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hasListeners: () => listeners.size > 0,
  };
}
