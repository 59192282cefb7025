/** What a session is made of, put together once: the parts know each other through what is handed to them here. */
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
import { createSkillNews, skillsOf } from './session-skills.ts';
import { createSpent } from './subagent-usage.ts';
import { createSessionSystem } from './session-system.ts';
import type { SessionTools } from './session-tools.ts';
import type { TurnSurroundings } from './session-context.ts';
import { createSessionView } from './session-view.ts';
import { leftOutNotice } from './turn-opening.ts';
import { createUntoldTasks } from './pending-notifications.ts';

export interface SessionParts {
  readonly identity: SessionIdentity;
  readonly store: SessionStore;
  readonly loaded: LoadedSession;
  readonly mode: ApprovalMode;
  readonly tools: SessionTools;
  readonly agents: SessionAgents;
  readonly extraFolders: readonly string[];
  readonly kept: KeptPrompts;
  /** Survives the session leaving memory. */
  readonly endedTurns: { count: number };
}

/** What the parts ask of their session, and tell it. Asked only once the session is there. */
export interface PartsOwner {
  readonly mode: () => ApprovalMode;
  readonly setMode: (mode: ApprovalMode) => void;
  readonly model: () => ModelRef | SessionOptions['model'];
  readonly onTasksEnded: () => void;
  /** Something the summary tells has changed. */
  readonly onChanged: () => void;
}

/** `approvals`: without the hooks of the session's own calls. */
export function assembleSession(
  { identity, store, loaded, tools, agents, extraFolders, kept }: SessionParts,
  deps: SessionDeps,
  { mode, setMode, model, onTasksEnded, onChanged }: PartsOwner,
): { readonly around: TurnSurroundings; readonly approvals: ApprovalBroker } {
  const { id } = identity;
  const view = createSessionView(id, loaded, deps.emit);
  const conversation = createConversation(loaded, deps.clock.now());
  const isResumed = () => conversation.messages().length > 0;
  const hooks = createSessionHooks({ identity, deps, view, mode, model, isResumed, onChanged });
  const approvals = createSessionApprovals({ identity, deps, store, view, loaded, mode, onChanged });
  const systemContext = createSessionSystem(identity, extraFolders, deps, async ({ files, leftOut }, reason) => {
    if (leftOut.length > 0) view.addItem(leftOutNotice(leftOut, deps.clock.now()));
    await hooks.instructionsLoaded(files, reason);
  });
  tools.setTodos(loaded.todos);
  tools.connect({ mode, setMode, onChanged });
  const around: TurnSurroundings = {
    identity,
    deps,
    store,
    view,
    conversation,
    broker: hooks.tools.broker(approvals),
    tools,
    untold: createUntoldTasks(id, deps, onTasksEnded),
    hooks,
    spent: createSpent(),
    skillNews: createSkillNews(identity.project, { list: () => skillsOf(identity, deps), touched: tools.touched }),
    files: createPromptFiles(identity, extraFolders, tools, deps),
    kept,
    systemPrompt: async () => (await systemContext()).text,
    systemContext,
  };
  agents.connect({ around, approvals, model, extraFolders });
  return { around, approvals };
}
