import * as z from 'zod/mini';
import { ProjectId, SessionId } from './ids.ts';

/** `unknown`: the user has not been asked yet; treated as untrusted until then. */
export const Trust = z.enum(['unknown', 'trusted', 'untrusted']);
export type Trust = z.infer<typeof Trust>;

export const ProjectSummary = z.object({
  id: ProjectId,
  /** Absolute path of the folder, as opened and with symbolic links resolved. */
  path: z.string(),
  name: z.string(),
  /** Current git branch, absent outside a repository. */
  branch: z.optional(z.string()),
  trust: Trust,
  /** What the folder would add if trusted; shown with the question. */
  projectFiles: z.array(z.string()),
  /** The folder is the user's home folder, or contains it. */
  holdsHome: z.optional(z.literal(true)),
  /** False if the folder no longer exists: its sessions can still be read. */
  exists: z.boolean(),
  openedAtMs: z.number(),
});
export type ProjectSummary = z.infer<typeof ProjectSummary>;

/** What a window shows; without `sessionId` the start page of the folder. */
export const ShownView = z.object({ projectId: ProjectId, sessionId: z.optional(SessionId) });
export type ShownView = z.infer<typeof ShownView>;
