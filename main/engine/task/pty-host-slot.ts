/** The pty host of the tasks: opened by the first who needs it, and anew by the next one after it has died. */
import type { PtyHost, PtyUpdate } from '../ports.ts';

export interface PtyHostSlot {
  /** Undefined before the first command, and from a death to the next command. */
  readonly current: PtyHost | undefined;
  /** Opens one where there is none. Throws what the opening throws. */
  ensure(): PtyHost;
  close(): Promise<void>;
}

export interface PtyHostSlotOptions {
  readonly open: () => PtyHost;
  readonly onUpdate: (update: Exclude<PtyUpdate, { kind: 'lost' }>) => void;
  /** It has died, and is not the current one any more. */
  readonly onLost: (lost: PtyHost, message: string) => void;
}

export function createPtyHostSlot({ open, onUpdate, onLost }: PtyHostSlotOptions): PtyHostSlot {
  let current: PtyHost | undefined;
  return {
    get current() {
      return current;
    },
    ensure() {
      if (current !== undefined) return current;
      const opened = open();
      current = opened;
      const unsubscribe = opened.onUpdate((update) => {
        if (update.kind !== 'lost') {
          onUpdate(update);
          return;
        }
        unsubscribe();
        if (current === opened) current = undefined;
        onLost(opened, update.message);
      });
      return opened;
    },
    async close() {
      const closing = current;
      current = undefined;
      await closing?.close();
    },
  };
}
