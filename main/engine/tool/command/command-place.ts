import { isAbsolute } from 'node:path';
import { isWithin } from '../../lib/within.ts';
import type { ToolContext } from '../tool.ts';
import { findAmpersand } from './ampersand.ts';

/** The folder in which a command of the model may run, or the reason why not, worded for the model. */
export async function placeOf(
  input: { readonly command: string; readonly directory?: string | undefined },
  context: ToolContext,
): Promise<{ ok: true; cwd: string } | { ok: false; why: string }> {
  const refused = (why: string) => ({ ok: false as const, why });
  if (input.command.trim() === '') return refused('The command is empty.');
  if (findAmpersand(input.command).isLast) {
    return refused(
      'Do not end the command with "&": what it starts would be ended with the shell. Leave the "&" out and set is_background to true.',
    );
  }
  if (input.directory === undefined) return { ok: true, cwd: context.root };
  if (!isAbsolute(input.directory)) return refused(`directory must be an absolute path, not ${input.directory}.`);
  const cwd = await context.fs.realPath(input.directory);
  const folders = [context.root, ...context.extraFolders];
  if (folders.some((folder) => isWithin(cwd, folder))) return { ok: true, cwd };
  return refused(`directory must lie in the project (${folders.join(', ')}), and ${input.directory} does not.`);
}
