/**
 * The event protocol as one pure function: state and event in, state and effects out. Durable events of a session carry a `seq`
 * that grows by one: an event at or below the stored seq is old, and one beyond the next means that events were missed, so the
 * view must attach again. Text deltas carry an offset instead. There is no other recovery.
 */
import {
  type ApprovalAction,
  defined,
  type AssistantItem,
  type EventData,
  type EventName,
  type HostEvent,
  type SessionId,
  type TaskSummary,
  type ToolDisplay,
  type TranscriptItem,
} from '../../preload/contract/index.ts';
import { assertNever } from './assert-never.ts';
import { type HostState, type SessionView, withEntry, without, withProject, withSummary, withTask, withView } from './host-state.ts';

/** What the owner of the state must do besides storing it. */
export type Effect =
  | { readonly kind: 'attach_again'; readonly sessionId: SessionId }
  | { readonly kind: 'refresh_settings' }
  | { readonly kind: 'refresh_survivors' }
  | { readonly kind: 'raise_notice'; readonly notice: EventData<'notice.raised'> }
  | { readonly kind: 'confirm_in_terminal' }
  | { readonly kind: 'invoke_command'; readonly invoked: EventData<'command.invoked'> }
  | { readonly kind: 'background_task_seen'; readonly task: TaskSummary }
  | { readonly kind: 'background_task_ended'; readonly task: TaskSummary }
  | { readonly kind: 'approval_requested'; readonly action: ApprovalAction }
  | { readonly kind: 'question_asked'; readonly question: string; readonly isPlan: boolean }
  | { readonly kind: 'turn_ended'; readonly result: EventData<'turn.ended'>['result'] };

export interface Applied {
  readonly state: HostState;
  readonly effects: readonly Effect[];
}

type SessionEventName = { [E in EventName]: EventData<E> extends { seq: number } ? E : never }[EventName];
type SessionEvent = Extract<HostEvent, { event: SessionEventName }>;

const only = (state: HostState): Applied => ({ state, effects: [] });

/** Never throws for an event in the contract; events of sessions that are not open change nothing. */
export function applyEvent(state: HostState, event: HostEvent): Applied {
  switch (event.event) {
    case 'project.changed':
      return only(withProject(state, event.data.project));
    case 'project.removed':
      return only({ ...state, projects: without(state.projects, event.data.projectId) });
    case 'session.changed':
      return only(withSummary(state, event.data.summary));
    case 'session.removed':
      return only({
        ...state,
        sessions: without(state.sessions, event.data.sessionId),
        views: without(state.views, event.data.sessionId),
      });
    case 'task.changed':
      return applyTask(state, event.data.task);
    case 'task.removed':
      return only({ ...state, tasks: without(state.tasks, event.data.taskId) });
    case 'survivors.changed':
      return { state, effects: [{ kind: 'refresh_survivors' }] };
    case 'settings.changed':
      return { state, effects: [{ kind: 'refresh_settings' }] };
    case 'mcp.changed':
      return only(state); // screens that show servers request the list while they are open
    case 'notice.raised':
      return { state, effects: [{ kind: 'raise_notice', notice: event.data }] };
    case 'confirmation.asked':
      return { state, effects: [{ kind: 'confirm_in_terminal' }] };
    case 'command.invoked':
      return { state, effects: [{ kind: 'invoke_command', invoked: event.data }] };
    case 'message.delta':
      return applyDelta(state, event.data);
    default:
      return applySessionEvent(state, event);
  }
}

function applyTask(state: HostState, task: TaskSummary): Applied {
  const held = state.tasks[task.id];
  const next = withTask(state, task);
  if (next === state) return only(state);
  const effects: Effect[] = [];
  if (task.wasBackground && !held?.wasBackground && task.ofEarlierRun !== true) effects.push({ kind: 'background_task_seen', task });
  const endedNow = task.endedAtMs !== undefined && held !== undefined && held.endedAtMs === undefined;
  if (task.wasBackground && endedNow) effects.push({ kind: 'background_task_ended', task });
  return { state: next, effects };
}

function applyDelta(state: HostState, delta: EventData<'message.delta'>): Applied {
  const view = state.views[delta.sessionId];
  if (!view) return only(state);
  const item = view.items[delta.itemId];
  const held = item?.kind === 'assistant' ? item[delta.part].length : -1;
  const omitted = item?.kind === 'assistant' ? (item.omittedChars?.[delta.part] ?? 0) : 0;
  if (item?.kind !== 'assistant' || delta.offsetChars > held + omitted) {
    return { state, effects: [{ kind: 'attach_again', sessionId: delta.sessionId }] };
  }
  const fresh = omitted > 0 ? '' : delta.text.slice(held - delta.offsetChars);
  const total = delta.offsetChars + delta.text.length + (delta.omittedChars ?? 0);
  const leftOut = Math.max(omitted, total - held - fresh.length);
  if (fresh === '' && leftOut === omitted) return only(state);
  const omittedChars = leftOut === 0 ? item.omittedChars : { ...item.omittedChars, [delta.part]: leftOut };
  const grown: AssistantItem = {
    ...item,
    [delta.part]: item[delta.part] + fresh,
    ...defined({ omittedChars }),
  };
  // The first text or thinking of an item makes its row appear: that changes the shape, later text does not.
  const shape = held === 0 ? view.shape + 1 : view.shape;
  return only(withView(state, { ...view, shape, items: withEntry(view.items, item.id, grown) }));
}

function applySessionEvent(state: HostState, event: SessionEvent): Applied {
  const { sessionId, seq } = event.data;
  const view = state.views[sessionId];
  if (!view || seq <= view.seq) return only(state);
  if (seq > view.seq + 1) return { state, effects: [{ kind: 'attach_again', sessionId }] };
  return { state: withView(state, changedView({ ...view, seq }, event)), effects: effectsOf(event, view) };
}

function effectsOf(event: SessionEvent, before: SessionView): readonly Effect[] {
  if (event.event === 'approval.requested') return [{ kind: 'approval_requested', action: event.data.approval.action }];
  if (event.event === 'turn.ended') return [{ kind: 'turn_ended', result: event.data.result }];
  if (event.event !== 'item.added' && event.event !== 'item.changed') return [];
  const asked = openQuestion(event.data.item);
  if (asked === undefined || openQuestion(before.items[event.data.item.id]) !== undefined) return [];
  return [{ kind: 'question_asked', question: asked.questions[0]?.question ?? '', isPlan: asked.plan !== undefined }];
}

function openQuestion(item: TranscriptItem | undefined): Extract<ToolDisplay, { kind: 'question' }> | undefined {
  if (item?.kind !== 'tool' || item.status !== 'running' || item.display.kind !== 'question') return undefined;
  return item.display.state === 'asked' ? item.display : undefined;
}

function changedView(view: SessionView, event: SessionEvent): SessionView {
  switch (event.event) {
    case 'turn.started':
      return { ...view, turn: event.data.turn, lastResult: undefined };
    case 'turn.changed':
      return { ...view, turn: event.data.turn };
    case 'turn.ended':
      return { ...view, turn: undefined, lastResult: event.data.result };
    case 'item.added':
      return withAddedItem(view, event.data.item);
    case 'item.changed': {
      const { item } = event.data;
      // An item before the loaded part of the transcript: it will be current when it is loaded.
      if (view.items[item.id] === undefined) return view;
      return { ...view, items: withEntry(view.items, item.id, item), shape: view.shape + 1 };
    }
    case 'item.removed': {
      const { itemId } = event.data;
      return {
        ...view,
        order: view.order.filter((id) => id !== itemId),
        items: without(view.items, itemId),
        shape: view.shape + 1,
      };
    }
    case 'approval.requested': {
      const { approval } = event.data;
      return { ...view, approvals: [...view.approvals.filter((held) => held.id !== approval.id), approval] };
    }
    case 'approval.resolved': {
      const { approvalId } = event.data;
      return { ...view, approvals: view.approvals.filter((approval) => approval.id !== approvalId) };
    }
    case 'queue.changed': {
      const queued = new Set(event.data.queue.map((prompt) => prompt.localId));
      return { ...view, queue: event.data.queue, pending: view.pending.filter((prompt) => !queued.has(prompt.localId)) };
    }
    case 'session.modeChanged':
      return { ...view, mode: event.data.mode };
    case 'session.modelChanged':
      return { ...view, model: event.data.model };
    case 'context.changed':
      return { ...view, context: event.data.context };
    default:
      return assertNever(event);
  }
}

function withAddedItem(view: SessionView, item: EventData<'item.added'>['item']): SessionView {
  const localId = item.kind === 'user' ? item.localId : undefined;
  return {
    ...view,
    order: view.items[item.id] === undefined ? [...view.order, item.id] : view.order,
    items: withEntry(view.items, item.id, item),
    pending: localId === undefined ? view.pending : view.pending.filter((prompt) => prompt.localId !== localId),
    shape: view.shape + 1,
  };
}
