import { join, relative } from 'node:path';
import type { ToolContext } from '../tool.ts';

/**
 * Which files below `real` the rules hide. The call named it `asked`: a rule about the name of a link applies as well as one
 * about its target.
 */
export async function hiddenIn(
  toolName: string,
  { asked, real }: { readonly asked: string; readonly real: string },
  context: Pick<ToolContext, 'hiddenFiles'>,
): Promise<(path: string) => boolean> {
  const isHidden = await context.hiddenFiles?.(toolName, real);
  if (isHidden === undefined) return () => false;
  return asked === real ? isHidden : (path) => isHidden(path) || isHidden(join(asked, relative(real, path)));
}

/** Empty if no match is hidden. The files are not named, because a name may reveal enough. */
export function hiddenNote(matches: number): string {
  if (matches === 0) return '';
  return `[${matches === 1 ? 'One match is' : `${matches} matches are`} in files hidden by the rules or because they hold secrets; pass such a file as path to request approval.]`;
}
