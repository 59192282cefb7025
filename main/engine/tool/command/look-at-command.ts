import { lookAtCommand, type ShellFacts } from '../../approval/index.ts';
import type { ToolContext } from '../tool.ts';

/** What a command of a call would do. `readableFolders`: may be read besides the workspace. Never rejects for what it says. */
export async function lookAt(
  command: string,
  cwd: string | undefined,
  { context, readableFolders }: { readonly context: ToolContext; readonly readableFolders: readonly string[] },
): Promise<ShellFacts> {
  const roots = [context.root, ...context.extraFolders];
  const { HOME: home } = await context.childEnv();
  const { fs, logger } = context;
  return lookAtCommand(command, { cwd: cwd ?? context.root, home, roots, readableRoots: [...roots, ...readableFolders], fs, logger });
}
