/** Folders, and what can be typed in them. See requests.ts. */
import { z } from 'zod';
import { CommandOutcome, CommandSummary } from './extension.ts';
import { ProjectId, SessionId } from './ids.ts';
import { ProjectSummary, ShownView } from './project.ts';
import { none, path, request } from './request.ts';

export const projectRequests = {
  /** The slash commands of a folder, as they are now: built-in ones, files, skills. */
  'command.list': request(z.object({ projectId: ProjectId }), z.object({ commands: z.array(CommandSummary) })),
  /**
   * Does what a text that begins with a slash asks for, as far as that is the engine's; see `CommandOutcome`.
   * Errors: `command_unknown` (its message names near ones), `bad_params`, and those of what it does.
   */
  'command.run': request(z.object({ sessionId: SessionId, text: z.string().min(1).max(1_000_000) }), z.object({ outcome: CommandOutcome })),

  'project.list': request(none, z.object({ projects: z.array(ProjectSummary) })),
  /** What a window showed last, for one that starts; absent: nothing yet. Folder and session may be gone. */
  'project.lastShown': request(none, z.object({ view: ShownView.optional() })),
  /** Errors: `folder_not_found`, `not_a_folder`. */
  'project.open': request(z.object({ path }), z.object({ project: ProjectSummary })),
  'project.trust': request(z.object({ projectId: ProjectId, trusted: z.boolean() }), z.object({ project: ProjectSummary })),
  'project.forget': request(z.object({ projectId: ProjectId }), none),
  /** Folders that complete what was typed; for hosts without a dialog. At most 20. */
  'project.suggestPaths': request(z.object({ prefix: z.string().max(4096) }), z.object({ paths: z.array(z.string()) })),
  /**
   * Files and folders (these end with `/`) that fit a few letters, the best first, as the ignore files and the rules leave them;
   * nothing typed gives the top. Relative to the folder, with `/`. At most 8 resources of MCP servers that are ready stand among
   * them, as `server:uri`. Not `isWhole`: there are more than could be listed.
   */
  'project.findFiles': request(
    z.object({ projectId: ProjectId, query: z.string().max(500), limit: z.number().int().min(1).max(200) }),
    z.object({ paths: z.array(z.string()), isWhole: z.boolean() }),
  ),
} as const;
