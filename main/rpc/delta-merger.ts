import type { EventData, HostEvent } from '../../preload/contract/index.ts';

type Delta = EventData<'message.delta'>;

/** One screen frame: a client gets the text of an answer at most this often. Unit: ms. */
export const DELTA_FRAME_MS = 16;

/**
 * Merges neighbouring text deltas so that a fast model costs one frame per screen refresh; every other event first flushes the
 * pending text, so the engine's order is kept.
 */
export interface DeltaMerger {
  push(event: HostEvent): void;
  close(): void;
}

export function createDeltaMerger(send: (event: HostEvent) => void, after: (ms: number, run: () => void) => () => void): DeltaMerger {
  let held: Delta[] = [];
  let cancel: (() => void) | undefined;

  function flush(): void {
    cancel?.();
    cancel = undefined;
    const ready = held;
    held = [];
    for (const data of ready) send({ event: 'message.delta', data });
  }

  return {
    push(event) {
      if (event.event !== 'message.delta') {
        flush();
        send(event);
        return;
      }
      const last = held.at(-1);
      if (last !== undefined && continues(last, event.data)) held[held.length - 1] = merged(last, event.data);
      else held.push(event.data);
      cancel ??= after(DELTA_FRAME_MS, flush);
    },
    close() {
      cancel?.();
      held = [];
    },
  };
}

function continues(last: Delta, next: Delta): boolean {
  return (
    last.sessionId === next.sessionId &&
    last.itemId === next.itemId &&
    last.part === next.part &&
    last.offsetChars + last.text.length + (last.omittedChars ?? 0) === next.offsetChars
  );
}

/** No text follows omitted text. */
function merged(last: Delta, next: Delta): Delta {
  const omittedChars = (last.omittedChars ?? 0) + (next.omittedChars ?? 0);
  return { ...last, text: last.text + next.text, ...(omittedChars === 0 ? {} : { omittedChars }) };
}
