/** The state of a session as clients see it. */
import { defined, type ApprovalMode, type ModelRef, type SessionSnapshot, type SessionSummary } from '../../../preload/contract/index.ts';
import { UNTITLED } from '../transcript/index.ts';
import type { SessionState } from './session-state.ts';
import type { SessionContext } from './session-context.ts';

export interface SessionFacts {
  readonly state: SessionState;
  readonly mode: ApprovalMode;
  readonly model: ModelRef | undefined;
  readonly endedTurns: number;
  readonly isCompacting: boolean;
}

export function summarizeSession(
  { broker, conversation, identity, tools, hooks }: SessionContext,
  { state, endedTurns, isCompacting }: SessionFacts,
): SessionSummary {
  const hookStatus = hooks.status();
  return {
    id: identity.id,
    projectId: identity.projectId,
    title: conversation.title() ?? UNTITLED,
    createdAtMs: conversation.createdAtMs() ?? conversation.updatedAtMs(),
    updatedAtMs: conversation.updatedAtMs(),
    state: broker.pending().length > 0 || tools.questions.isWaiting() ? 'needs_you' : state.phase === 'running' ? 'running' : 'idle',
    endedTurns,
    ...(isCompacting ? { isCompacting } : {}),
    ...defined({ hookStatus }),
  };
}

/** Adds the session's tasks of earlier runs to the listed ones. */
export async function recallTasks({ identity, deps, store, tools }: SessionContext): Promise<void> {
  await deps.recallTasks({ sessionId: identity.id, outputDir: tools.shellOutputDir, isHeldElsewhere: store.heldBy() !== undefined });
}

/** `facts` is read after the last wait, so that all parts of the snapshot describe the same moment. */
export async function takeSnapshot(context: SessionContext, facts: () => SessionFacts): Promise<SessionSnapshot> {
  const { identity, deps, view, broker, store } = context;
  const fallback = await deps.providers.defaultModel(identity.project).catch(() => undefined); // unreadable settings: no model
  const now = facts();
  const model = now.model ?? fallback;
  const turn = view.turn();
  const heldBy = store.heldBy();
  const tookOverFrom = store.tookOverFrom();
  return {
    summary: summarizeSession(context, now),
    ...view.snapshotItems(),
    ...defined({ turn }),
    approvals: [...broker.pending()],
    queue: [...now.state.queue],
    mode: now.mode,
    ...defined({ model }),
    context: view.context(),
    tasks: [...deps.tasks.list(identity.id)],
    toolNames: [...deps.registry.names],
    ...(heldBy === undefined ? {} : { heldBy: { ...heldBy } }),
    ...(tookOverFrom === undefined ? {} : { tookOverFrom: { ...tookOverFrom } }),
  };
}
