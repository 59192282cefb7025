import type { SessionStore } from './session-store.ts';

/** A store that reads and never writes, for `general.chatRecording` off. It takes no lease, because there is nothing to guard. */
export function unrecordedStore(store: SessionStore): SessionStore {
  return {
    ...store,
    heldBy: () => undefined,
    tryAcquire: () => Promise.resolve(),
    makeWritable: () => Promise.resolve(undefined),
    resume: () => Promise.resolve(undefined),
    append: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}
