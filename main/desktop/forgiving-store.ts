/** Stores values between runs; both methods of the real store read or write a file and throw the system's error. */
export interface ValueStore<T> {
  get<K extends keyof T>(key: K): T[K];
  set<K extends keyof T>(key: K, value: T[K]): void;
}

/**
 * A store that never throws: on a full or read-only disk it keeps values for this run only. For values that are useful at the
 * next start but must not prevent this one.
 */
export function createForgivingStore<T extends object>(open: () => ValueStore<T>, defaults: T): ValueStore<T> {
  const values: Partial<T> = {};
  const store = orUndefined(open);
  return {
    get: (key) => values[key] ?? orUndefined(() => store?.get(key)) ?? defaults[key],
    set(key, value) {
      values[key] = value;
      orUndefined(() => store?.set(key, value));
    },
  };
}

function orUndefined<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch {
    return undefined; // the disk is full or read-only
  }
}
