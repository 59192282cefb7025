import { type Exclusions, lookAtCommand, type ShellFacts } from '../../approval/index.ts';
import { openExcluded } from '../search/ignore-files.ts';
import type { ToolContext } from '../tool.ts';
import { defined } from '../../../../preload/contract/index.ts';

/**
 * Classifies the command of a call. `readableFolders`: may be read in addition to the workspace. Never rejects because of the
 * command.
 */
export async function lookAt(
  command: string,
  cwd: string | undefined,
  { context, readableFolders }: { readonly context: ToolContext; readonly readableFolders: readonly string[] },
): Promise<ShellFacts> {
  const roots = [context.root, ...context.extraFolders];
  const env = await context.childEnv();
  const { fs, logger } = context;
  return lookAtCommand(command, {
    cwd: cwd ?? context.root,
    home: env['HOME'],
    env,
    roots,
    readableRoots: [...roots, ...readableFolders],
    fs,
    logger,
    hasWall: (await context.hasWall?.()) ?? false,
    ...defined({ exclusions: await exclusionsOf(context) }),
    needsRun: context.mode.get() !== 'yolo',
  });
}

/** The user's ignore files, and rules about reading files: what they name is not read by a command that runs without a question. */
async function exclusionsOf(context: ToolContext): Promise<Exclusions | undefined> {
  const [ignored, rules] = await Promise.all([openExcluded(context), context.deniedReads?.()]);
  if (ignored === undefined && rules === undefined) return undefined;
  return {
    excludes: (path) => ignored?.excludes(path) === true || rules?.(path) === true,
    patterns: rules === undefined ? ignored?.patterns : undefined,
  };
}
