/** Ranks the paths of a folder by how well they match a query, best first. Pure, in one pass. */

export interface PathEntry {
  /** With `/`; a folder ends with one. */
  readonly path: string;
  readonly lower: string;
  /** The index where the last name starts. */
  readonly nameAt: number;
}

export function pathEntry(path: string): PathEntry {
  const end = path.endsWith('/') ? path.length - 2 : path.length - 1;
  return { path, lower: path.toLowerCase(), nameAt: path.lastIndexOf('/', end) + 1 };
}

/** The score of a path that does not match. */
const NO_FIT = Number.POSITIVE_INFINITY;
/** Extra characters in the name weigh more than the folders above it. */
const REST_WEIGHT = 8;
/** Longer paths differ by less than one class of match. */
const CLASS = 4096;

/**
 * An empty query returns the top level, folders first. Otherwise paths are ranked by class: the name equals the query, starts with it, contains it;
 * the path contains it; its letters occur in order in the name, or in the path. Within a class shorter paths come first.
 */
export function rankPaths(entries: readonly PathEntry[], query: string, limit: number): readonly string[] {
  const wanted = query.replaceAll('\\', '/').replace(/^\.\//, '').toLowerCase().replaceAll(' ', '');
  const best: Ranked[] = [];
  for (const entry of entries) {
    const rank = wanted === '' ? rankTop(entry) : toRank(entry, wanted);
    const last = best.at(-1);
    const found = { path: entry.path, rank };
    if (rank === NO_FIT || (best.length === limit && last !== undefined && !isBefore(found, last))) continue;
    let at = best.length;
    for (let before = best[at - 1]; before !== undefined && isBefore(found, before); before = best[at - 1]) at -= 1;
    best.splice(at, 0, found);
    if (best.length > limit) best.pop();
  }
  return best.map(({ path }) => path);
}

interface Ranked {
  readonly path: string;
  readonly rank: number;
}

/** ripgrep has no order, so equal paths are sorted by name. */
function isBefore(a: Ranked, b: Ranked): boolean {
  return a.rank === b.rank ? a.path < b.path : a.rank < b.rank;
}

function rankTop({ path, nameAt }: PathEntry): number {
  if (nameAt > 0) return NO_FIT;
  return (path.startsWith('.') ? 2 : 0) + (path.endsWith('/') ? 0 : 1);
}

function toRank({ lower, nameAt }: PathEntry, wanted: string): number {
  const within = lower.indexOf(wanted);
  const length = Math.min(lower.length, CLASS - 1);
  if (within !== -1) {
    const inName = within >= nameAt ? within : lower.indexOf(wanted, nameAt);
    if (inName === nameAt) {
      const rest = lower.length - nameAt - wanted.length;
      const isWhole = rest === 0 || (rest === 1 && lower.endsWith('/'));
      return isWhole ? length : CLASS + Math.min(CLASS - 1, rest * REST_WEIGHT + length);
    }
    if (inName !== -1) return 2 * CLASS + length;
    return (within === 0 || lower[within - 1] === '/' ? 3 : 4) * CLASS + length;
  }
  const inName = spread(lower, wanted, nameAt);
  if (inName !== NO_FIT) return 5 * CLASS + Math.min(CLASS - 1, length + inName);
  const anywhere = spread(lower, wanted, 0);
  return anywhere === NO_FIT ? NO_FIT : 6 * CLASS + Math.min(CLASS - 1, length + anywhere);
}

/** The number of characters between the letters, if they occur in this order. */
function spread(lower: string, wanted: string, from: number): number {
  let at = from;
  let gaps = 0;
  for (let letter = 0; letter < wanted.length; letter += 1) {
    const found = lower.indexOf(wanted[letter] ?? '', at);
    if (found === -1) return NO_FIT;
    if (letter > 0) gaps += found - at;
    at = found + 1;
  }
  return gaps;
}
