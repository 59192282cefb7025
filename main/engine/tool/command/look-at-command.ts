import { lookAtCommand, type ShellFacts } from '../../approval/index.ts';
import type { ToolContext } from '../tool.ts';

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
    needsRun: context.mode.get() !== 'yolo',
  });
}
