import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ToolContext } from './tool.ts';

/** Models are asked for absolute paths; a relative one is taken from the project's root instead of refused. */
export function absolutePath(path: string, context: ToolContext): string {
  return resolve(context.root, path);
}

/** For people: relative inside the project, absolute elsewhere. */
export function shownPath(path: string, context: ToolContext): string {
  const absolute = absolutePath(path, context);
  if (!isInside(context.root, absolute)) return absolute;
  return relative(context.root, absolute) || '.';
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * What a call on this path touches: where its links lead, and the name it goes by when that lies in the project, so
 * that a rule for either of them holds. A name outside that leads inside (a linked root) is not reported.
 */
export async function touchedPaths(path: string, context: ToolContext): Promise<readonly string[]> {
  const absolute = absolutePath(path, context);
  const real = await context.fs.realPath(absolute);
  return absolute !== real && isInside(context.root, absolute) ? [real, absolute] : [real];
}
