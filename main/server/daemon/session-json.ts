/** A session in the answers of several routes. */
import { z } from 'zod';
import { defined, isTerminalStatus, type SessionSummary } from '../../../preload/contract/index.ts';
import type { DaemonContext } from './daemon-context.ts';
import type { HubSession } from './session-hub.ts';

/** With a shape of ACP. */
export const AcpShape = z.looseObject({});

export const OpenedJson = z.object({
  sessionId: z.string(),
  workspaceCwd: z.string(),
  attached: z.boolean().describe('The session was already open here'),
  clientId: z.string().describe('To be sent as X-Qwen-Client-Id'),
  createdAt: z.string(),
  hasActivePrompt: z.boolean(),
  hasRunningBackgroundTasks: z.boolean(),
  lastEventId: z.number().describe('Where the events after this answer begin'),
  eventEpoch: z.string(),
});

export const SessionJson = z.object({
  sessionId: z.string(),
  workspaceCwd: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  displayName: z.string(),
  isArchived: z.boolean().optional(),
  isPinned: z.boolean().optional(),
  clientCount: z.number(),
  hasActivePrompt: z.boolean(),
  activeWorkState: z.enum(['idle', 'active']),
  hasRunningBackgroundTasks: z.boolean(),
  isWaitingForPermission: z.boolean(),
  isWaitingForUserQuestion: z.boolean(),
  pendingInteractionCount: z.number(),
  hasTurnError: z.boolean(),
  pendingInteractions: z.array(
    z.object({ requestId: z.string(), kind: z.enum(['permission', 'question']), createdAt: z.string(), title: z.string() }),
  ),
});

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

export function hasRunningTasks({ engine }: Pick<DaemonContext, 'engine'>, { id }: HubSession): boolean {
  return engine.tasks.list(id).some(({ status, placement }) => placement === 'background' && !isTerminalStatus(status));
}

/** Without the work of the session. */
function toFacts(
  cwd: string,
  { id, title, createdAtMs, updatedAtMs, pinnedAtMs }: Omit<SessionSummary, 'projectId' | 'state' | 'endedTurns'>,
) {
  return {
    ...{ sessionId: id, workspaceCwd: cwd, displayName: title },
    ...{ createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs) },
    ...(pinnedAtMs === undefined || pinnedAtMs === null ? {} : { isPinned: true }),
  };
}

const NO_WORK = {
  ...{ clientCount: 0, hasActivePrompt: false, activeWorkState: 'idle' as const, hasRunningBackgroundTasks: false },
  ...{ isWaitingForPermission: false, isWaitingForUserQuestion: false, pendingInteractionCount: 0, hasTurnError: false },
  pendingInteractions: [],
};

export function toStatusJson(daemon: DaemonContext, session: HubSession): z.input<typeof SessionJson> {
  const now = session.now();
  const pending = [
    ...[...session.approvals.values()].map(({ id, title, createdAtMs }) => ({
      ...{ requestId: id, kind: 'permission' as const, createdAt: toIso(createdAtMs), title },
    })),
    ...[...session.questions.values()].map(({ item, display }) => ({
      ...{ requestId: item.id, kind: 'question' as const, createdAt: toIso(item.startedAtMs), title: display.questions[0]?.question ?? '' },
    })),
  ];
  return {
    ...toFacts(session.cwd, { id: session.id, ...now }),
    clientCount: session.clients.size,
    hasActivePrompt: now.isRunning,
    activeWorkState: now.isRunning ? 'active' : 'idle',
    hasRunningBackgroundTasks: hasRunningTasks(daemon, session),
    isWaitingForPermission: session.approvals.size > 0,
    isWaitingForUserQuestion: session.questions.size > 0,
    pendingInteractionCount: pending.length,
    hasTurnError: now.hasFailed,
    pendingInteractions: pending,
  };
}

/** A session of a list, with its work if it is open here. */
export function toListedJson(
  daemon: DaemonContext,
  cwd: string,
  summary: SessionSummary,
  isArchived: boolean,
): z.input<typeof SessionJson> {
  const open = daemon.hub.find(summary.id);
  return { ...(open === undefined ? NO_WORK : toStatusJson(daemon, open)), ...toFacts(cwd, summary), ...defined({ isArchived }) };
}
