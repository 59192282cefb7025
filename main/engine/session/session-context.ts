/** What the parts of an open session share with its turns. */
import type { ApprovalBroker } from '../approval/index.ts';
import type { SystemContext } from '../turn/index.ts';
import type { SessionStore } from '../session-file/index.ts';
import type { KeptPrompts } from '../session-list/index.ts';
import type { Conversation } from './conversation.ts';
import type { PromptFiles } from './prompt/prompt-files.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import type { SessionEditor } from './session-editor.ts';
import type { SessionHooks } from './hooks/session-hooks.ts';
import type { SubagentUsage } from './subagent-usage.ts';
import type { SessionTools } from './session-tools.ts';
import type { SessionView } from './session-view.ts';
import type { PendingNotifications } from './pending-notifications.ts';

/** The parts of a session that a turn works with. */
export interface SessionContext {
  readonly identity: SessionIdentity;
  readonly deps: SessionDeps;
  readonly store: SessionStore;
  readonly view: SessionView;
  readonly conversation: Conversation;
  readonly broker: ApprovalBroker;
  readonly tools: SessionTools;
  readonly editor: SessionEditor;
  readonly pendingNotifications: PendingNotifications;
  readonly hooks: SessionHooks;
  readonly subagentUsage: SubagentUsage;
  /** Announces skills whose files have been used by now. */
  readonly skillUpdates: () => Promise<string | undefined>;
  readonly files: PromptFiles;
  readonly keptPrompts: KeptPrompts;
  readonly systemPrompt: () => Promise<string>;
  readonly systemContext: () => Promise<SystemContext>;
}
