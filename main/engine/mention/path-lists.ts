/**
 * The files of a folder, filtered by its ignore files. ripgrep lists them once and the list is kept briefly: a list of 100,000
 * takes most of a second, and users type a letter every tenth of a second.
 */
import { sep } from 'node:path';
import type { Clock } from '../ports.ts';
import { createRipgrep, type RipgrepRunner, SEARCH_TIMEOUT_MS, type SearchPlaces } from '../tool/index.ts';
import { type PathEntry, pathEntry } from './rank-paths.ts';

/** After this time the list is refreshed in the background. Unit: ms. */
const FRESH_MS = 3_000;
/** An unused list is dropped after this time. Unit: ms. */
const KEPT_MS = 60_000;
/** Beyond this number the list is marked as incomplete. */
const MAX_PATHS = 300_000;

export interface PathList {
  /** Files, and the folders that contain them. */
  readonly entries: readonly PathEntry[];
  readonly has: (path: string) => boolean;
  readonly isWhole: boolean;
}

export interface PathLists {
  /** `fresh`: created after this call. Errors: none; if a folder cannot be listed, the list is empty and incomplete. */
  list(place: SearchPlaces, options?: { fresh: boolean }): Promise<PathList>;
}

interface Kept {
  list: Promise<PathList>;
  madeAtMs: number;
  isRenewing: boolean;
  stopForgetting: () => void;
}

export function createPathLists(clock: Clock, ripgrep: RipgrepRunner = createRipgrep()): PathLists {
  const kept = new Map<string, Kept>();
  return {
    list(place, { fresh } = { fresh: false }) {
      const key = place.root;
      const held = kept.get(key);
      held?.stopForgetting();
      const stopForgetting = clock.after(KEPT_MS, () => void kept.delete(key));
      if (held === undefined || fresh) {
        const made: Kept = { list: listPaths(place, ripgrep), madeAtMs: clock.now(), isRenewing: false, stopForgetting };
        kept.set(key, made);
        return made.list;
      }
      held.stopForgetting = stopForgetting;
      if (!held.isRenewing && clock.now() - held.madeAtMs > FRESH_MS) {
        held.isRenewing = true;
        const renewed = listPaths(place, ripgrep);
        // Callers during the refresh get the previous list.
        void renewed.then(() => {
          held.list = renewed;
          held.madeAtMs = clock.now();
          held.isRenewing = false;
        });
      }
      return held.list;
    },
  };
}

async function listPaths(place: SearchPlaces, ripgrep: RipgrepRunner): Promise<PathList> {
  const files: string[] = [];
  const end = await ripgrep(
    {
      args: ['--files', '--null'],
      target: place.root,
      separator: '\0',
      timeoutMs: SEARCH_TIMEOUT_MS,
      onRecord(record) {
        files.push(slashed(record));
        return files.length < MAX_PATHS ? 'continue' : 'stop';
      },
    },
    place,
    new AbortController().signal,
  ).catch(() => ({ kind: 'failed' as const, message: 'A record could not be read.' }));
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const entries = [...folders, ...files].map(pathEntry);
  const known = new Set(files);
  return { entries, has: (path) => known.has(path) || folders.has(path), isWhole: end.kind === 'done' };
}

/** The path that ripgrep prints below `./`, with the separator of paths in prompts. */
function slashed(record: string): string {
  const path = sep === '/' ? record : record.replaceAll(sep, '/');
  return path.startsWith('./') ? path.slice(2) : path;
}
