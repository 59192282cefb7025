import type { EventData, EventName, HostEvent } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';

export interface WatchedEvents {
  readonly events: readonly HostEvent[];
  /** Resolves with the first event, past or future, that matches. */
  until<E extends EventName>(name: E, matches?: (data: EventData<E>) => boolean): Promise<EventData<E>>;
}

/** Keeps every event of an engine from now on. */
export function watchEvents(engine: Pick<Engine, 'subscribe'>): WatchedEvents {
  const events: HostEvent[] = [];
  const waiting = new Set<() => void>();
  engine.subscribe((event) => {
    events.push(event);
    for (const look of [...waiting]) look();
  });
  return {
    events,
    until: (name, matches = () => true) =>
      new Promise((resolve) => {
        let at = 0;
        const look = () => {
          for (; at < events.length; at += 1) {
            const event = events[at];
            // The name determines the member of the union; TypeScript cannot follow that through a type parameter.
            const data = event?.data as EventData<typeof name>;
            if (event?.event !== name || !matches(data)) continue;
            waiting.delete(look);
            resolve(data);
            return;
          }
        };
        waiting.add(look);
        look();
      }),
  };
}
