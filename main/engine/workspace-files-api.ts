import type { ProjectId } from '../../preload/contract/index.ts';
import type { FileStat, WorkspaceFs } from './ports.ts';

/**
 * The files of a folder that may be read without a question. Paths are relative to the folder, or absolute in it. Errors:
 * `project_unknown`, `path_outside_workspace`, `file_not_found`, `file_unreadable`, `permission_denied` (protected files, and those
 * that a rule or an ignore file of the user excludes).
 */
export interface WorkspaceFiles {
  stat(projectId: ProjectId, path: string): Promise<{ readonly path: string } & FileStat>;
  read(
    projectId: ProjectId,
    path: string,
    limitBytes: number,
  ): Promise<{ readonly path: string; readonly sizeBytes: number; readonly bytes: Uint8Array }>;
  list(projectId: ProjectId, path: string): Promise<{ readonly path: string; readonly entries: Awaited<ReturnType<WorkspaceFs['list']>> }>;
  /** Files, except ignored ones. `isWhole`: false if the folder could not be listed to its end. */
  glob(projectId: ProjectId, pattern: string): Promise<{ readonly paths: readonly string[]; readonly isWhole: boolean }>;
}
