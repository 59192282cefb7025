/**
 * Omits undefined members: `{ ...defined({ model, title }) }` has neither key when both are undefined. An absent key differs
 * from one with the value undefined when objects are merged, compared or written.
 */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // The type describes the value without its undefined members.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
