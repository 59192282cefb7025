/** What a session is made of and what it needs of the engine. */
import type { HostEvent, ProjectId, SessionId } from '../../../preload/contract/index.ts';
import type { Commands } from '../command/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import type { PathLists } from '../mention/index.ts';
import type { Clock, Logger, WorkspaceFs } from '../ports.ts';
import type { ProjectContext } from '../project/project-api.ts';
import type { ProviderRegistry } from '../provider/registry-api.ts';
import type { Skills } from '../skill/index.ts';
import type { RecallRequest } from '../task/index.ts';
import type { Tasks } from '../task/task-api.ts';
import type { ToolRegistry } from '../tool/tool-registry.ts';
import type { RetryDecision } from '../turn/turn-run.ts';

export interface SessionDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fs: WorkspaceFs;
  readonly tasks: Tasks;
  /** Puts the session's tasks of earlier runs among `tasks`; never rejects. */
  readonly recallTasks: (request: RecallRequest) => Promise<void>;
  readonly registry: ToolRegistry;
  readonly providers: Pick<ProviderRegistry, 'resolve' | 'defaultModel'>;
  readonly skills: Skills;
  readonly commands: Commands;
  readonly pathLists: PathLists;
  readonly host: { readonly kind: string; readonly version: string };
  readonly qwenHome: string;
  /** The policy for a session with or without somebody at the screen. */
  readonly retryFor: (options: { unattended: boolean }) => Promise<RetryDecision>;
  readonly emit: (event: HostEvent) => void;
}

export interface SessionIdentity {
  readonly id: SessionId;
  readonly projectId: ProjectId;
  readonly project: ProjectContext;
  readonly options: SessionOptions;
}
