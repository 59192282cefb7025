/** A list that is never changed and grows in constant time: a longer chain shares what was before. */
export interface Chain<T> {
  readonly last: T;
  readonly before: Chain<T> | undefined;
}

export function toChain<T>(items: readonly T[]): Chain<T> | undefined {
  return items.reduce<Chain<T> | undefined>((before, last) => ({ last, before }), undefined);
}

/** The items, oldest first. */
export function toArray<T>(chain: Chain<T> | undefined): readonly T[] {
  const items: T[] = [];
  for (let at = chain; at !== undefined; at = at.before) items.push(at.last);
  return items.reverse();
}
