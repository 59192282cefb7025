/** The value under a path of keys; undefined where there is none. Pure. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, key)) return undefined;
    return Object.getOwnPropertyDescriptor(found, key)?.value;
  }, value);
}
