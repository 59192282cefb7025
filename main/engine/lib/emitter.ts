/** A list of listeners. A listener that throws is reported and stops neither the others nor the caller (BT-21). */
export interface Emitter<T> {
  emit(value: T): void;
  /** Returns a function that ends the subscription; calling it twice is harmless. */
  subscribe(listener: (value: T) => void): () => void;
}

export function createEmitter<T>(onListenerError: (error: unknown) => void): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    emit(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    subscribe(listener) {
      const own = (value: T) => listener(value); // a wrapper each, so that one function can subscribe twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
