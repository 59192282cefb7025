/** What the list of stored sessions needs to know about a session that is not open. */
import { ItemId, type ProjectId, type SessionId } from '../../../preload/contract/index.ts';
import { runHooks } from '../hook/index.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import type { StoredSessionsDeps } from '../session-list/index.ts';
import { hookPlaceOf } from './hooks/hook-place.ts';
import type { SessionDeps } from './session-deps.ts';
import { createSessionTools } from './session-tools.ts';

/** Time limit for the hooks of a deletion. Unit: ms. */
const HOOKS_MS = 60_000;

export interface ClosedSessionsDeps extends SessionDeps {
  readonly projects: ProjectDirectory;
}

export function createClosedSessions(deps: ClosedSessionsDeps): Pick<StoredSessionsDeps, 'describeFor' | 'onDeleted'> {
  const identityOf = (projectId: ProjectId, id: SessionId) => ({ id, projectId, project: deps.projects.get(projectId), options: {} });
  return {
    describeFor(projectId, id) {
      const context = createSessionTools(identityOf(projectId, id), [], deps).context(ItemId.parse(id), () => undefined);
      return (name, args) => deps.registry.describe(name, args, context);
    },
    /** These hooks cannot change the result, so the deletion does not wait for them. Source: SessionDelete of Qwen Code 0.24. */
    onDeleted(projectId, id) {
      const place = hookPlaceOf({ identity: identityOf(projectId, id), deps, mode: () => 'default', model: () => undefined });
      void runHooks(
        { ...place, transcriptPath: '', reportRunning: () => () => undefined },
        { event: 'SessionDelete', fields: { deleted_session_id: id } },
        AbortSignal.timeout(HOOKS_MS),
      );
    },
  };
}
