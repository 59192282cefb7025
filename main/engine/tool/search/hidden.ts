import { join, relative } from 'node:path';
import type { ToolContext } from '../tool.ts';

/**
 * What the rules keep out of a look into `real`, which was asked for as `asked`: a rule about the name of a link counts as well
 * as one about what it stands for.
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

/** Empty where nothing is kept back. The files are not named: a name may say enough. */
export function hiddenNote(matches: number): string {
  if (matches === 0) return '';
  return `[${matches === 1 ? 'One match is' : `${matches} matches are`} in files that the rules or their secrets keep back; name such a file as path to be asked.]`;
}
