/**
 * A queue of values that any caller pushes and one reader reads in order.
 * Order: after `close`, values already pushed are still read, then the iteration ends; a push after `close` is dropped.
 */
export interface AsyncQueue<T> extends AsyncIterable<T> {
  push(value: T): void;
  close(): void;
}

export function createAsyncQueue<T>(): AsyncQueue<T> {
  let values: T[] = [];
  let isClosed = false;
  let wake: (() => void) | undefined;
  const signal = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(value) {
      if (isClosed) return;
      values.push(value);
      signal();
    },
    close() {
      isClosed = true;
      signal();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const batch = values;
        values = [];
        yield* batch;
        if (values.length > 0) continue;
        if (isClosed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
