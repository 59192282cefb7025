/** Which paths of a folder fit what was typed, the best first. Pure, and one pass. */

export interface PathEntry {
  /** With `/`; of a folder it ends with one. */
  readonly path: string;
  readonly lower: string;
  /** Where the last name begins. */
  readonly nameAt: number;
}

export function pathEntry(path: string): PathEntry {
  const end = path.endsWith('/') ? path.length - 2 : path.length - 1;
  return { path, lower: path.toLowerCase(), nameAt: path.lastIndexOf('/', end) + 1 };
}

/** What fits no way at all. */
const NO_FIT = Number.POSITIVE_INFINITY;
/** What a name has more than was typed counts for more than the folders above it. */
const REST_WEIGHT = 8;
/** Longer paths differ by less than one class of fit. */
const CLASS = 4096;

/**
 * Nothing typed: the entries of the top, folders first. Else by how the path fits: its name is it, begins with it, holds it;
 * the path holds it; the letters stand in the name, or in the path, in this order. Within a class shorter paths come first.
 */
export function rankPaths(entries: readonly PathEntry[], query: string, limit: number): readonly string[] {
  const wanted = query.replaceAll('\\', '/').replace(/^\.\//, '').toLowerCase().replaceAll(' ', '');
  const best: Ranked[] = [];
  for (const entry of entries) {
    const rank = wanted === '' ? rankTop(entry) : rankOf(entry, wanted);
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

/** ripgrep lists in no order: equals are sorted by name. */
function isBefore(a: Ranked, b: Ranked): boolean {
  return a.rank === b.rank ? a.path < b.path : a.rank < b.rank;
}

function rankTop({ path, nameAt }: PathEntry): number {
  if (nameAt > 0) return NO_FIT;
  return (path.startsWith('.') ? 2 : 0) + (path.endsWith('/') ? 0 : 1);
}

function rankOf({ lower, nameAt }: PathEntry, wanted: string): number {
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

/** How many characters stand between the letters, if they are there in this order. */
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
