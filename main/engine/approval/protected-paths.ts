/** Which files always need an approval. Pure: it takes real paths. Source: docs/approvals.md. */
import { relative, sep } from 'node:path';
import { holdsHome, isWithin } from '../lib/within.ts';
import { GUARDED_PATHS, isSecretName, SECRET_PATHS } from './protected-names.ts';

/** `secret`: even reading needs an approval. `guarded`: a change needs one in every mode. */
export interface PathFacts {
  readonly path: string;
  /** The name in the call, when links lead from it to another path. */
  readonly calledBy?: string;
  readonly isInside: boolean;
  readonly protection: 'none' | 'guarded' | 'secret';
}

/**
 * `real` has its links resolved and decides where the path is; the name in the call can only make the result stricter. `home`:
 * the user's home folder, if known. In a workspace that is or contains it, everything below its dot-folders is secret.
 */
export function classifyPath(real: string, calledBy: string, roots: readonly string[], home?: string): PathFacts {
  const found = [real, calledBy].map((path) => (isPrivate(path, roots, home) ? 'secret' : getProtection(path)));
  return {
    path: real,
    ...(calledBy === real ? {} : { calledBy }),
    isInside: roots.some((root) => isWithin(real, root)),
    protection: found.find((each) => each === 'secret') ?? found.find((each) => each === 'guarded') ?? 'none',
  };
}

/** Programs keep keys in their dot-folders of the home folder, under names that no list knows. A root further down is exempt. */
function isPrivate(path: string, roots: readonly string[], home: string | undefined): boolean {
  if (home === undefined || !isWithin(path, home)) return false;
  const [first = '', ...rest] = relative(home, path).split(sep);
  if (!first.startsWith('.') || rest.length === 0) return false;
  const around = roots.filter((root) => isWithin(path, root));
  return around.length > 0 && around.every((root) => holdsHome(root, home));
}

/** Case is ignored: on macOS and Windows `.GIT` is `.git`. */
function getProtection(path: string): PathFacts['protection'] {
  const parts = path.toLowerCase().split(/[/\\]/);
  const text = `/${parts.filter((part) => part !== '').join('/')}`;
  const isListed = (entry: string) => (entry.endsWith('/') ? `${text}/`.includes(`/${entry}`) : text.endsWith(`/${entry}`));
  if (SECRET_PATHS.some(isListed) || isSecretName(parts.at(-1) ?? '')) return 'secret';
  return GUARDED_PATHS.some(isListed) ? 'guarded' : 'none';
}
