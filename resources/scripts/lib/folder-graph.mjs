/** The graph of folders, derived from that of the modules. Tests and their builders do not count. */
import { dirname } from 'node:path/posix';

const MOST_FILES = 35;
const ROOTS = /^(main|renderer|preload)\//;
const TEST = /\.(test|fixture)\.tsx?$|-suite\.ts$|^main\/test\/|\/testing\//;

const isProduction = ({ source }) => ROOTS.test(source) && /\.tsx?$/.test(source) && !TEST.test(source);

/**
 * Import cycles between sibling folders, including type imports. A folder and one inside it count as one: the outer composes
 * the inner ones, and contains what they share.
 */
export function folderCycles(modules) {
  const edges = modules.filter(isProduction).flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ resolved }) => ROOTS.test(resolved) && !TEST.test(resolved))
      .flatMap(({ resolved }) => {
        const [from, to] = siblings(dirname(source), dirname(resolved));
        return from === undefined ? [] : [{ from, to, source, resolved }];
      }),
  );
  const next = new Map();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reaches = (start, wanted) => {
    const seen = new Set([start]);
    for (const folder of seen) for (const each of next.get(folder) ?? []) seen.add(each);
    return seen.has(wanted);
  };
  return edges
    .filter(({ from, to }) => reaches(to, from))
    .map(({ source, resolved }) => ({ rule: { name: 'no-folder-cycle' }, from: source, to: resolved }));
}

/** The ancestors of the two that share a parent; undefined if one contains the other. */
function siblings(a, b) {
  const left = a.split('/');
  const right = b.split('/');
  const at = left.findIndex((part, i) => part !== right[i]);
  if (at === -1 || at >= right.length) return [];
  return [left.slice(0, at + 1).join('/'), right.slice(0, at + 1).join('/')];
}

/** Folders with more production files than the limit. */
export function crowdedFolders(modules) {
  const counts = Map.groupBy(modules.filter(isProduction), ({ source }) => dirname(source));
  return [...counts].map(([folder, files]) => ({ folder, count: files.length })).filter(({ count }) => count > MOST_FILES);
}
