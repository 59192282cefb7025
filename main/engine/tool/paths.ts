import { relative, resolve } from 'node:path';
import { isWithin } from '../lib/within.ts';
import type { ToolContext } from './tool.ts';

/** Models are asked for absolute paths; a relative one is resolved against the project's root instead of refused. */
export function absolutePath(path: string, context: Pick<ToolContext, 'root'>): string {
  return resolve(context.root, path);
}

/** For people: relative inside the project, absolute elsewhere. */
export function shownPath(path: string, context: Pick<ToolContext, 'root'>): string {
  const absolute = absolutePath(path, context);
  if (!isWithin(absolute, context.root)) return absolute;
  return relative(context.root, absolute) || '.';
}

/**
 * The path that a call on this path accesses: the target of its links, and its own name if that is in the project, so that a
 * rule for either of them applies. A name outside that leads inside (a linked root) is not reported.
 */
export async function touchedPaths(path: string, context: Pick<ToolContext, 'root' | 'fs'>): Promise<readonly string[]> {
  const absolute = absolutePath(path, context);
  const real = await context.fs.realPath(absolute);
  return absolute !== real && isWithin(absolute, context.root) ? [real, absolute] : [real];
}
