import type { Clock } from '../../engine/index.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';

/** Unit: ms. Source: docs/formats.md 8. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 3000;

/** A client with this much unread data is disconnected; it reconnects with `Last-Event-ID`. Unit: bytes. */
export const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** Where a client wants to continue. Absent `lastEventId`: none of the past. */
export interface Position {
  readonly lastEventId: number | undefined;
  /** The event ids are those of an earlier start of the server. */
  readonly isOtherEpoch: boolean;
}

/**
 * A session's events as server-sent events: those after the position, then new ones. Ownership: it ends with its reader, or with the
 * signal.
 */
export function createEventStream(
  log: EventLog,
  clock: Clock,
  { lastEventId, isOtherEpoch }: Position,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let isOver = false;
        const send = (text: string) => {
          if (isOver) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) > 0) return;
          controller.enqueue(encoder.encode(frame('client_evicted', '{"v":1,"type":"client_evicted","data":{"reason":"too slow"}}')));
          end();
        };
        const sendEvent = (event: LoggedEvent) => send(`id: ${event.id}\n${frame(event.type, event.json)}`);
        const beat = () => {
          cancelBeat = clock.after(HEARTBEAT_MS, beat);
          send(': heartbeat\n\n');
        };
        let cancelBeat = clock.after(HEARTBEAT_MS, beat);
        const unsubscribe = log.subscribe(sendEvent);
        const end = () => {
          isOver = true;
          stop();
          controller.close();
        };
        stop = () => {
          stop = () => {};
          unsubscribe();
          cancelBeat();
          signal.removeEventListener('abort', end);
        };
        signal.addEventListener('abort', end);

        send(`retry: ${RETRY_MS}\n\n`);
        if (lastEventId === undefined) return;
        const isReset = isOtherEpoch || lastEventId > log.lastId();
        const { events, isCut } = log.after(isReset ? 0 : lastEventId);
        const lost = (reason: string) => {
          const data = { reason, lastDeliveredId: lastEventId, earliestAvailableId: events[0]?.id ?? log.lastId() + 1 };
          send(frame('state_resync_required', JSON.stringify({ v: 1, type: 'state_resync_required', data })));
        };
        if (isReset) lost('epoch_reset');
        else if (isCut) lost('ring_evicted');
        for (const event of events) sendEvent(event);
        const data = { replayedCount: events.length, lastEventId: log.lastId() };
        send(frame('replay_complete', JSON.stringify({ v: 1, type: 'replay_complete', data })));
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
  );
}

function frame(type: string, json: string): string {
  return `event: ${type}\ndata: ${json}\n\n`;
}
