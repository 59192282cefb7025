/** Creates the parts of a session and connects them. */
import type { ApprovalMode, ModelRef } from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import type { LoadedSession, SessionStore } from '../session-file/index.ts';
import type { KeptPrompts } from '../session-list/index.ts';
import { createConversation } from './conversation.ts';
import { createPromptFiles } from './prompt/prompt-files.ts';
import type { SessionAgents } from './session-agents.ts';
import { createSessionApprovals } from './session-approvals.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import { createSessionHooks } from './hooks/session-hooks.ts';
import { createSkillUpdates, listSkills } from './session-skills.ts';
import { createSubagentUsage } from './subagent-usage.ts';
import { createSessionSystem } from './session-system.ts';
import type { SessionEditor } from './session-editor.ts';
import type { SessionTools } from './session-tools.ts';
import type { SessionContext } from './session-context.ts';
import { createSessionView } from './session-view.ts';
import { leftOutNotice } from './turn-opening.ts';
import { createPendingNotifications } from './pending-notifications.ts';

export interface SessionParts {
  readonly identity: SessionIdentity;
  readonly store: SessionStore;
  readonly loaded: LoadedSession;
  readonly mode: ApprovalMode;
  readonly tools: SessionTools;
  readonly editor: SessionEditor;
  readonly agents: SessionAgents;
  readonly extraFolders: readonly string[];
  readonly keptPrompts: KeptPrompts;
  /** Outlives the session object in memory. */
  readonly endedTurns: { count: number };
}

/** How the parts read and change the state of their session. Called only after the session is constructed. */
export interface SessionCallbacks {
  readonly mode: () => ApprovalMode;
  readonly setMode: (mode: ApprovalMode) => void;
  readonly model: () => ModelRef | SessionOptions['model'];
  readonly onTasksEnded: () => void;
  /** A field of the session's summary has changed. */
  readonly onChanged: () => void;
}

/** `approvals`: without the hooks that apply to the session's own calls. */
export function assembleSession(
  { identity, store, loaded, tools, editor, agents, extraFolders, keptPrompts }: SessionParts,
  deps: SessionDeps,
  { mode, setMode, model, onTasksEnded, onChanged }: SessionCallbacks,
): { readonly context: SessionContext; readonly approvals: ApprovalBroker } {
  const { id } = identity;
  const view = createSessionView(id, loaded, deps.emit);
  const conversation = createConversation(loaded, deps.clock.now());
  const isResumed = () => conversation.messages().length > 0;
  const hooks = createSessionHooks({ identity, deps, view, mode, model, isResumed, onChanged });
  const approvals = createSessionApprovals({ identity, deps, store, view, loaded, mode, onChanged });
  const systemContext = createSessionSystem(
    identity,
    extraFolders,
    { ...deps, lentServers: editor.servers },
    async ({ files, leftOut }, reason) => {
      if (leftOut.length > 0) view.addItem(leftOutNotice(leftOut, deps.clock.now()));
      await hooks.instructionsLoaded(files, reason);
    },
  );
  tools.setTodos(loaded.todos);
  tools.connect({ mode, setMode, onChanged });
  const context: SessionContext = {
    identity,
    deps,
    store,
    view,
    conversation,
    broker: hooks.tools.broker(approvals),
    tools,
    editor,
    pendingNotifications: createPendingNotifications(id, deps, onTasksEnded),
    hooks,
    subagentUsage: createSubagentUsage(),
    skillUpdates: createSkillUpdates(identity.project, { list: () => listSkills(identity, deps), touched: tools.touched }),
    files: createPromptFiles(identity, extraFolders, tools, deps),
    keptPrompts,
    systemPrompt: async () => (await systemContext()).text,
    systemContext,
  };
  agents.connect({ context, approvals, model, extraFolders });
  return { context, approvals };
}
