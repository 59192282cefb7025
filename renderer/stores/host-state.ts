/**
 * The state of the host: a projection of its snapshots and events, normalised by id. Written only by the pure functions of this
 * file (answers of requests) and of apply-event.ts (events). It contains no terminal output, no secret and nothing that cannot
 * be serialised.
 */
import { isTerminalStatus } from '../../preload/contract/index.ts';
import type {
  Approval,
  ApprovalMode,
  ContextMeter,
  ItemId,
  ModelRef,
  ProjectId,
  ProjectSummary,
  QueuedPrompt,
  Result,
  RunningTurn,
  SessionId,
  SessionSnapshot,
  SessionSummary,
  SurvivorSummary,
  TaskId,
  TaskSummary,
  TranscriptItem,
  TurnResult,
} from '../../preload/contract/index.ts';

/** An open session. `shape` grows with every change that may alter the set of rows, never with text alone. */
export interface SessionView {
  readonly sessionId: SessionId;
  readonly projectId: ProjectId;
  readonly seq: number;
  readonly order: readonly ItemId[];
  readonly items: Readonly<Record<ItemId, TranscriptItem>>;
  readonly shape: number;
  readonly earlierItems: number;
  readonly turn: RunningTurn | undefined;
  readonly lastResult: TurnResult | undefined;
  readonly approvals: readonly Approval[];
  readonly queue: readonly QueuedPrompt[];
  /** Sent by this window and not yet confirmed by an item or a queue entry. */
  readonly pending: readonly QueuedPrompt[];
  readonly mode: ApprovalMode;
  readonly model: ModelRef | undefined;
  readonly context: ContextMeter;
  readonly heldBy: { readonly pid: number; readonly host: string } | undefined;
  readonly branchedFrom: SessionSnapshot['branchedFrom'];
}

export type AppDescription = Result<'app.describe'>;

export interface HostState {
  readonly app: AppDescription | undefined;
  readonly projects: Readonly<Record<ProjectId, ProjectSummary>>;
  readonly sessions: Readonly<Record<SessionId, SessionSummary>>;
  readonly tasks: Readonly<Record<TaskId, TaskSummary>>;
  /** Commands of an earlier run that are still alive, as of the last connect or the last change by this window. */
  readonly survivors: readonly SurvivorSummary[];
  readonly views: Readonly<Record<SessionId, SessionView>>;
  /** True after the first answer to `project.list`. */
  readonly projectsLoaded: boolean;
  /** Projects whose sessions were listed. */
  readonly sessionsLoaded: Readonly<Record<ProjectId, true>>;
}

export const EMPTY_HOST_STATE: HostState = {
  app: undefined,
  projects: {},
  sessions: {},
  tasks: {},
  survivors: [],
  views: {},
  projectsLoaded: false,
  sessionsLoaded: {},
};

/** A copy of a record without one key. */
export function without<K extends string, V>(record: Readonly<Record<K, V>>, key: K): Record<K, V> {
  const { [key]: _removed, ...rest } = record;
  // Rest of a record with a branded key is the record again; TypeScript widens it to an Omit.
  return rest as Record<K, V>;
}

/** A copy of a record with one key set. */
export function withEntry<K extends string, V>(record: Readonly<Record<K, V>>, key: K, value: V): Record<K, V> {
  return { ...record, [key]: value };
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): Record<T['id'], T> {
  // Object.fromEntries loses the brand of the keys; they come from the entries themselves.
  return Object.fromEntries(entries.map((entry) => [entry.id, entry])) as Record<T['id'], T>;
}

export function withProjects(state: HostState, projects: readonly ProjectSummary[]): HostState {
  return { ...state, projects: byId(projects), projectsLoaded: true };
}

export function withProject(state: HostState, project: ProjectSummary): HostState {
  return { ...state, projects: withEntry(state.projects, project.id, project) };
}

/** Replaces the sessions of one project by its newest: sessions that are no longer listed are removed, unless they are open. */
export function withSessions(state: HostState, projectId: ProjectId, sessions: readonly SessionSummary[]): HostState {
  const others = Object.values<SessionSummary>(state.sessions).filter(
    (session) => session.projectId !== projectId || state.views[session.id] !== undefined,
  );
  return {
    ...state,
    sessions: byId([...others, ...sessions]),
    sessionsLoaded: withEntry(state.sessionsLoaded, projectId, true),
  };
}

/** Stores a session summary from an event; without a pin in it, the stored pin stays. */
export function withSummary(state: HostState, incoming: SessionSummary): HostState {
  const held = state.sessions[incoming.id];
  const pin = incoming.pinnedAtMs === undefined && held?.pinnedAtMs !== undefined ? { pinnedAtMs: held.pinnedAtMs } : {};
  return { ...state, sessions: withEntry(state.sessions, incoming.id, { ...incoming, ...pin }) };
}

/** Keeps the entry with the higher `rev`, so that a late answer cannot undo an event. */
export function withTask(state: HostState, task: TaskSummary): HostState {
  const held = state.tasks[task.id];
  if (held && held.rev >= task.rev) return state;
  return { ...state, tasks: withEntry(state.tasks, task.id, task) };
}

/** The list is complete: tasks that it does not contain are removed. A task that an event has made newer stays. */
export function withTasks(state: HostState, tasks: readonly TaskSummary[]): HostState {
  return { ...state, tasks: byId(tasks.map((task) => newer(state.tasks[task.id], task))) };
}

function newer(held: TaskSummary | undefined, incoming: TaskSummary): TaskSummary {
  return held && held.rev > incoming.rev ? held : incoming;
}

/** Replaces the stored session by a snapshot; pending prompts that the snapshot does not contain stay. */
export function withSnapshot(state: HostState, snapshot: SessionSnapshot): HostState {
  const { summary } = snapshot;
  const held = state.views[summary.id];
  const known = new Set<string>(snapshot.queue.map((prompt) => prompt.localId));
  for (const item of snapshot.items) if (item.kind === 'user' && item.localId !== undefined) known.add(item.localId);
  const view: SessionView = {
    sessionId: summary.id,
    projectId: summary.projectId,
    seq: snapshot.seq,
    order: snapshot.items.map((item) => item.id),
    items: byId<TranscriptItem>(snapshot.items),
    shape: (held?.shape ?? 0) + 1,
    earlierItems: snapshot.earlierItems,
    turn: snapshot.turn,
    lastResult: held?.lastResult,
    approvals: snapshot.approvals,
    queue: snapshot.queue,
    pending: (held?.pending ?? []).filter((prompt) => !known.has(prompt.localId)),
    mode: snapshot.mode,
    model: snapshot.model,
    context: snapshot.context,
    heldBy: snapshot.heldBy,
    branchedFrom: snapshot.branchedFrom,
  };
  const next = { ...withSummary(state, summary), views: withEntry(state.views, summary.id, view) };
  return snapshot.tasks.reduce(withTask, next);
}

/** Prepends older items, as `session.earlier` returned them. */
export function withEarlier(state: HostState, sessionId: SessionId, page: Result<'session.earlier'>): HostState {
  const view = state.views[sessionId];
  if (!view) return state;
  const added = page.items.filter((item) => view.items[item.id] === undefined);
  return withView(state, {
    ...view,
    order: [...added.map((item) => item.id), ...view.order],
    items: { ...byId<TranscriptItem>(added), ...view.items },
    earlierItems: page.earlierItems,
    shape: view.shape + 1,
  });
}

/** True if a command runs in any of these sessions, in the foreground or background. */
export function hasRunningTask({ tasks }: HostState, sessions: readonly SessionSummary[]): boolean {
  return Object.values<TaskSummary>(tasks).some(
    (task) => !isTerminalStatus(task.status) && sessions.some((session) => session.id === task.sessionId),
  );
}

/** Nothing has been sent in it yet. */
export function isUnused(view: SessionView): boolean {
  return view.order.length === 0 && view.pending.length === 0 && view.turn === undefined;
}

export function withView(state: HostState, view: SessionView): HostState {
  return { ...state, views: withEntry(state.views, view.sessionId, view) };
}

export function withPending(state: HostState, sessionId: SessionId, prompt: QueuedPrompt): HostState {
  const view = state.views[sessionId];
  return view ? withView(state, { ...view, pending: [...view.pending, prompt] }) : state;
}

export function withoutPending(state: HostState, sessionId: SessionId, localId: string): HostState {
  const view = state.views[sessionId];
  return view ? withView(state, { ...view, pending: view.pending.filter((prompt) => prompt.localId !== localId) }) : state;
}
