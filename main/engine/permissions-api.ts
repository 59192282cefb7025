import type { PermissionEntry, ProjectId, SandboxState } from '../../preload/contract/index.ts';

/**
 * The rules that let calls run without an approval. `wall`: how commands are sandboxed that run without a question; if it is
 * unavailable, fewer commands may. Errors of `revoke`: `rule_unknown`, `settings_broken`,
 * `settings_unwritable`.
 */
export interface Permissions {
  list(projectId?: ProjectId): Promise<{
    readonly entries: readonly PermissionEntry[];
    readonly sandbox: SandboxState;
    readonly wall: Exclude<SandboxState, { status: 'off' }>;
  }>;
  revoke(projectId: ProjectId | undefined, entry: PermissionEntry): Promise<void>;
}
