/** What a session needs from the engine. */
import type { HostEvent, ProjectId, SandboxState, SessionId, TaskSummary } from '../../../preload/contract/index.ts';
import type { Commands } from '../command/index.ts';
import type { PermissionStore, RunPlan } from '../approval/index.ts';
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

/** What the approvals of all sessions share. `sandbox`: how a command would be sandboxed now. */
export interface ApprovalDeps {
  readonly home: string;
  readonly rules: Pick<PermissionStore, 'of'>;
  readonly sandbox: () => Promise<SandboxState>;
  /** The sandbox for a command; undefined if neither its plan nor the settings ask for one. */
  readonly keepIn: (place: Omit<SandboxPlace, 'home'>, run?: RunPlan) => Promise<StartTask['sandbox']>;
  readonly hasWall: () => Promise<boolean>;
}

export interface SessionDeps {
  readonly approvals: ApprovalDeps;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fs: WorkspaceFs;
  readonly tasks: Tasks;
  /** Starts the tasks of subagents; `tasks` includes them. */
  readonly agentTasks: Pick<AgentTasks, 'start'>;
  readonly agents: Agents;
  /** Adds the session's tasks of earlier runs to `tasks`; never rejects. */
  readonly recallTasks: (request: RecallRequest) => Promise<void>;
  /** Background tasks that ended because the app crashed, until they are taken as notices. */
  readonly interruptedTasks: (sessionId: SessionId) => readonly TaskSummary[];
  readonly registry: ToolRegistry;
  readonly providers: Pick<ProviderRegistry, 'resolve' | 'defaultModel'>;
  readonly skills: Skills;
  readonly commands: Commands;
  readonly mcp: Pick<
    OwnedMcp,
    'layerOf' | 'settle' | 'describe' | 'expandReferences' | 'prompts' | 'promptText' | 'resources' | 'signIn' | 'lend'
  >;
  readonly pathLists: PathLists;
  /** Opens a session file for appending; absent: the system's function. */
  readonly openForAppend?: OpenFile;
  readonly host: { readonly kind: string; readonly version: string };
  readonly qwenHome: string;
  /** The retry policy of a session with or without a user at the screen. */
  readonly retryFor: (options: { unattended: boolean }, project: ProjectContext) => Promise<RetryDecision>;
  readonly emit: (event: HostEvent) => void;
  /** The ledger of running hooks. */
  readonly hookGroups: () => Pick<ProcessGroups, 'add' | 'remove'>;
  /** Replaces known keys in a text. */
  readonly hideKeys: (text: string) => string;
}

export interface SessionIdentity {
  readonly id: SessionId;
  readonly projectId: ProjectId;
  readonly project: ProjectContext;
  readonly options: SessionOptions;
}
