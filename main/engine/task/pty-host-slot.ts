/** The pty host of the tasks: opened by the first command that needs it, and reopened by the next command after it dies. */
import type { PtyHost, PtyUpdate } from '../ports.ts';

export interface PtyHostSlot {
  /** Undefined before the first command, and from the death of the pty host until the next command. */
  readonly current: PtyHost | undefined;
  /** Returns the current pty host or opens one. Throws the error of opening it. */
  ensure(): PtyHost;
  close(): Promise<void>;
}

export interface PtyHostSlotOptions {
  readonly open: () => PtyHost;
  readonly onUpdate: (update: Exclude<PtyUpdate, { kind: 'lost' }>) => void;
  /** The pty host has died and is no longer the current one. */
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
