/** Folders, and the completions inside them. See requests.ts. */
import * as z from 'zod/mini';
import { CommandOutcome, CommandSummary } from './extension.ts';
import { ProjectId, SessionId } from './ids.ts';
import { ProjectSummary, ShownView } from './project.ts';
import { none, path, request } from './request.ts';

export const projectRequests = {
  /** The slash commands that apply to a folder now: built-in ones, files, skills. */
  'command.list': request(z.object({ projectId: ProjectId }), z.object({ commands: z.array(CommandSummary) })),
  /**
   * Runs the slash command in a text if the engine handles it; see `CommandOutcome`.
   * Errors: `command_unknown` (its message suggests similar names), `bad_params`, and those of the command.
   */
  'command.run': request(
    z.object({ sessionId: SessionId, text: z.string().check(z.minLength(1), z.maxLength(1_000_000)) }),
    z.object({ outcome: CommandOutcome }),
  ),

  'project.list': request(none, z.object({ projects: z.array(ProjectSummary) })),
  /** What a window showed last, for a window that starts; absent: nothing yet. Folder and session may no longer exist. */
  'project.lastShown': request(none, z.object({ view: z.optional(ShownView) })),
  /** Errors: `folder_not_found`, `not_a_folder`. */
  'project.open': request(z.object({ path }), z.object({ project: ProjectSummary })),
  'project.trust': request(z.object({ projectId: ProjectId, trusted: z.boolean() }), z.object({ project: ProjectSummary })),
  'project.forget': request(z.object({ projectId: ProjectId }), none),
  /** Folders that complete the typed path; for hosts without a dialog. At most 20. */
  'project.suggestPaths': request(z.object({ prefix: z.string().check(z.maxLength(4096)) }), z.object({ paths: z.array(z.string()) })),
  /**
   * Files and folders (which end with `/`) that match a few letters, best match first, filtered by the ignore files and the rules.
   * An empty query returns the top level. Paths are relative to the folder, with `/`. At most 8 resources of connected MCP servers are
   * included, as `server:uri`. Not `isWhole`: the folder has more entries than could be listed.
   */
  'project.findFiles': request(
    z.object({ projectId: ProjectId, query: z.string().check(z.maxLength(500)), limit: z.int().check(z.gte(1), z.lte(200)) }),
    z.object({ paths: z.array(z.string()), isWhole: z.boolean() }),
  ),
} as const;
