/** What a session is made of and what it needs of the engine. */
import type { HostEvent, ProjectId, SandboxState, SessionId, TaskSummary } from '../../../preload/contract/index.ts';
import type { Commands } from '../command/index.ts';
import type { PermissionStore } from '../approval/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import type { PathLists } from '../mention/index.ts';
import type { OwnedMcp } from '../mcp/index.ts';
import type { Clock, Logger, ProcessGroups, WorkspaceFs } from '../ports.ts';
import type { ProjectContext } from '../project/project-api.ts';
import type { ProviderRegistry } from '../provider/registry-api.ts';
import type { Skills } from '../skill/index.ts';
import type { OpenFile } from '../session-file/index.ts';
import type { RecallRequest } from '../task/index.ts';
import type { SandboxPlace } from '../sandbox/index.ts';
import type { StartTask, Tasks } from '../task/task-api.ts';
import type { Agents, AgentTasks } from '../subagent/index.ts';
import type { ToolRegistry } from '../tool/index.ts';
import type { RetryDecision } from '../turn/index.ts';

/** What the approvals of every session share. `sandbox`: how a command would be kept in now. */
export interface ApprovalDeps {
  readonly home: string;
  readonly rules: Pick<PermissionStore, 'of'>;
  readonly sandbox: () => Promise<SandboxState>;
  /** Puts shells into the sandbox; undefined where the settings ask for none. */
  readonly keepIn: (place: Omit<SandboxPlace, 'home'>) => Promise<StartTask['sandbox']>;
}

export interface SessionDeps {
  readonly approvals: ApprovalDeps;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fs: WorkspaceFs;
  readonly tasks: Tasks & { readonly agents: AgentTasks };
  readonly agents: Agents;
  /** Puts the session's tasks of earlier runs among `tasks`; never rejects. */
  readonly recallTasks: (request: RecallRequest) => Promise<void>;
  /** Background tasks that a crash of the app has ended, until they are taken as notices. */
  readonly interruptedTasks: (sessionId: SessionId) => readonly TaskSummary[];
  readonly registry: ToolRegistry;
  readonly providers: Pick<ProviderRegistry, 'resolve' | 'defaultModel'>;
  readonly skills: Skills;
  readonly commands: Commands;
  readonly mcp: Pick<OwnedMcp, 'layerOf' | 'settle' | 'describe' | 'expandReferences' | 'prompts' | 'promptText' | 'resources' | 'signIn'>;
  readonly pathLists: PathLists;
  /** Opens a session file for an append; absent: the system's. */
  readonly openForAppend?: OpenFile;
  readonly host: { readonly kind: string; readonly version: string };
  readonly qwenHome: string;
  /** The policy for a session with or without somebody at the screen. */
  readonly retryFor: (options: { unattended: boolean }) => Promise<RetryDecision>;
  readonly emit: (event: HostEvent) => void;
  /** Where running hooks are known. */
  readonly hookGroups: () => Pick<ProcessGroups, 'add' | 'remove'>;
}

export interface SessionIdentity {
  readonly id: SessionId;
  readonly projectId: ProjectId;
  readonly project: ProjectContext;
  readonly options: SessionOptions;
}
