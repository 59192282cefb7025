import { expect, test } from 'vitest';
import { type HostEvent, type SessionId, TurnId } from '../../preload/contract/index.ts';
import {
  approval,
  assistant,
  itemId,
  NOW_MS,
  PROJECT,
  project,
  SESSION,
  snapshot,
  summary,
  task,
  taskId,
  turn,
  user,
} from '../test/samples.ts';
import { applyEvent } from './apply-event.ts';
import {
  EMPTY_HOST_STATE,
  type HostState,
  type SessionView,
  withEarlier,
  withPending,
  withSessions,
  withSnapshot,
  withTasks,
} from './host-state.ts';

const opened = (over: Parameters<typeof snapshot>[0] = {}): HostState => withSnapshot(EMPTY_HOST_STATE, snapshot(over));
const view = (state: HostState, id: SessionId = SESSION): SessionView => {
  const found = state.views[id];
  if (!found) throw new Error('the session is not open');
  return found;
};
const delta = (offsetChars: number, text: string, part: 'text' | 'thinking' = 'text'): HostEvent => ({
  event: 'message.delta',
  data: { sessionId: SESSION, itemId: itemId('m1'), part, offsetChars, text },
});
const added = (seq: number, item: Parameters<typeof user>): HostEvent => ({
  event: 'item.added',
  data: { sessionId: SESSION, seq, item: user(...item) },
});

test('the next durable event is applied and raises the seq', () => {
  const { state, effects } = applyEvent(opened(), added(2, ['u1', 'hello']));
  expect(view(state).seq).toBe(2);
  expect(view(state).order).toEqual(['u1']);
  expect(effects).toEqual([]);
});

test('an event at or below the held seq changes nothing', () => {
  const before = opened({ seq: 5 });
  expect(applyEvent(before, added(5, ['u1', 'old']))).toEqual({ state: before, effects: [] });
});

test('a gap in the seq attaches again and applies nothing', () => {
  const before = opened({ seq: 5 });
  expect(applyEvent(before, added(7, ['u1', 'late']))).toEqual({ state: before, effects: [{ kind: 'attach_again', sessionId: SESSION }] });
});

test('events of a session that is not open are ignored', () => {
  expect(applyEvent(EMPTY_HOST_STATE, added(2, ['u1', 'x']))).toEqual({ state: EMPTY_HOST_STATE, effects: [] });
});

test('a delta at the end of the received text is appended', () => {
  const { state } = applyEvent(opened({ items: [assistant('m1', { text: 'abc', streaming: true })] }), delta(3, 'def'));
  expect(view(state).items[itemId('m1')]).toEqual(assistant('m1', { text: 'abcdef', streaming: true }));
});

test('a delta that overlaps the received text is trimmed to the new part', () => {
  const { state } = applyEvent(opened({ items: [assistant('m1', { text: 'abcd' })] }), delta(2, 'cdef'));
  expect(view(state).items[itemId('m1')]).toEqual(assistant('m1', { text: 'abcdef' }));
});

test('a delta within the received text changes nothing', () => {
  const before = opened({ items: [assistant('m1', { text: 'abcd' })] });
  expect(applyEvent(before, delta(1, 'bc')).state).toBe(before);
});

test('a delta beyond the end of the received text attaches again', () => {
  const before = opened({ items: [assistant('m1', { text: 'abc' })] });
  expect(applyEvent(before, delta(4, 'e'))).toEqual({ state: before, effects: [{ kind: 'attach_again', sessionId: SESSION }] });
});

test('a delta of an unknown item attaches again', () => {
  expect(applyEvent(opened(), delta(0, 'a')).effects).toEqual([{ kind: 'attach_again', sessionId: SESSION }]);
});

test('thinking has its own offset', () => {
  const { state } = applyEvent(opened({ items: [assistant('m1', { text: 'abc', thinking: 'x' })] }), delta(1, 'y', 'thinking'));
  expect(view(state).items[itemId('m1')]).toEqual(assistant('m1', { text: 'abc', thinking: 'xy' }));
});

test('only the first text of a message changes the shape of the transcript', () => {
  const before = opened({ items: [assistant('m1')] });
  const first = applyEvent(before, delta(0, 'a')).state;
  const second = applyEvent(first, delta(1, 'b')).state;
  expect(view(first).shape).toBe(view(before).shape + 1);
  expect(view(second).shape).toBe(view(first).shape);
});

test('a pending prompt is replaced by its item or by its queue entry', () => {
  const pending = withPending(withPending(opened(), SESSION, { localId: 'l1', text: 'one' }), SESSION, { localId: 'l2', text: 'two' });
  const { state } = applyEvent(pending, added(2, ['u1', 'one', 'l1']));
  expect(view(state).pending).toEqual([{ localId: 'l2', text: 'two' }]);
  const queued = applyEvent(state, {
    event: 'queue.changed',
    data: { sessionId: SESSION, seq: 3, queue: [{ localId: 'l2', text: 'two' }] },
  }).state;
  expect(view(queued).pending).toEqual([]);
  expect(view(queued).queue).toEqual([{ localId: 'l2', text: 'two' }]);
});

test('a snapshot keeps pending prompts that it does not contain', () => {
  const pending = withPending(withPending(opened(), SESSION, { localId: 'l1', text: 'one' }), SESSION, { localId: 'l2', text: 'two' });
  expect(view(withSnapshot(pending, snapshot({ items: [user('u1', 'one', 'l1')] }))).pending).toEqual([{ localId: 'l2', text: 'two' }]);
});

test('a turn starts, changes and ends', () => {
  let state = applyEvent(opened(), {
    event: 'turn.started',
    data: { sessionId: SESSION, seq: 2, turn: turn({ phase: 'preparing' }) },
  }).state;
  expect(view(state).turn?.phase).toBe('preparing');
  state = applyEvent(state, { event: 'turn.changed', data: { sessionId: SESSION, seq: 3, turn: turn({ phase: 'running_tools' }) } }).state;
  expect(view(state).turn?.phase).toBe('running_tools');
  const result = {
    turnId: TurnId.parse('t1'),
    end: 'completed' as const,
    usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0, thinkingTokens: 0 },
    durationMs: 1,
    apiDurationMs: 1,
    modelRequests: 1,
    denied: [],
  };
  const applied = applyEvent(state, { event: 'turn.ended', data: { sessionId: SESSION, seq: 4, result } });
  expect(view(applied.state).turn).toBeUndefined();
  expect(view(applied.state).lastResult).toEqual(result);
  expect(applied.effects).toEqual([{ kind: 'turn_ended', result }]);
});

test('an approval is pending until it is resolved, and is announced', () => {
  const asked = applyEvent(opened(), { event: 'approval.requested', data: { sessionId: SESSION, seq: 2, approval: approval() } });
  expect(view(asked.state).approvals).toEqual([approval()]);
  expect(asked.effects).toEqual([{ kind: 'approval_requested', action: { code: 'run' } }]);
  const answered = applyEvent(asked.state, { event: 'approval.resolved', data: { sessionId: SESSION, seq: 3, approvalId: approval().id } });
  expect(view(answered.state).approvals).toEqual([]);
});

test('a question is announced once, when it becomes pending', () => {
  const display = {
    kind: 'question' as const,
    state: 'asked' as const,
    questions: [{ question: 'Which one?', header: '', multiSelect: false, options: [] }],
  };
  const item = {
    kind: 'tool' as const,
    id: itemId('q1'),
    name: 'ask_user_question',
    toolKind: 'plan' as const,
    verb: 'ask',
    target: '',
    status: 'running' as const,
    startedAtMs: 1,
    display,
  };
  const added = applyEvent(opened(), {
    event: 'item.added',
    data: { sessionId: SESSION, seq: 2, item: { ...item, display: { kind: 'none' } } },
  });
  const asked = applyEvent(added.state, { event: 'item.changed', data: { sessionId: SESSION, seq: 3, item } });
  const again = applyEvent(asked.state, { event: 'item.changed', data: { sessionId: SESSION, seq: 4, item: { ...item, target: 'x' } } });
  expect([added.effects, asked.effects, again.effects]).toEqual([
    [],
    [{ kind: 'question_asked', question: 'Which one?', isPlan: false }],
    [],
  ]);
});

test('a changed approval replaces the one with the same id', () => {
  const asked = opened({ approvals: [approval({ digest: 'old' })] });
  const { state } = applyEvent(asked, {
    event: 'approval.requested',
    data: { sessionId: SESSION, seq: 2, approval: approval({ digest: 'new' }) },
  });
  expect(view(state).approvals.map((one) => one.digest)).toEqual(['new']);
});

test('items are changed and removed, and an item before the loaded part is ignored', () => {
  const before = opened({ items: [user('u1', 'a'), assistant('m1', { text: 'x' })] });
  let state = applyEvent(before, {
    event: 'item.changed',
    data: { sessionId: SESSION, seq: 2, item: assistant('m1', { text: 'whole' }) },
  }).state;
  expect(view(state).items[itemId('m1')]).toEqual(assistant('m1', { text: 'whole' }));
  state = applyEvent(state, {
    event: 'item.changed',
    data: { sessionId: SESSION, seq: 3, item: assistant('m0', { text: 'older' }) },
  }).state;
  expect(view(state).items[itemId('m0')]).toBeUndefined();
  state = applyEvent(state, { event: 'item.removed', data: { sessionId: SESSION, seq: 4, itemId: itemId('m1') } }).state;
  expect(view(state).order).toEqual(['u1']);
  expect(view(state).items).toEqual({ u1: user('u1', 'a') });
  expect(view(state).seq).toBe(4);
});

test('mode, model and context follow their events', () => {
  const model = { ...snapshot().model, modelId: 'other' } as NonNullable<ReturnType<typeof snapshot>['model']>;
  let state = applyEvent(opened(), { event: 'session.modeChanged', data: { sessionId: SESSION, seq: 2, mode: 'yolo' } }).state;
  state = applyEvent(state, { event: 'session.modelChanged', data: { sessionId: SESSION, seq: 3, model } }).state;
  state = applyEvent(state, {
    event: 'context.changed',
    data: { sessionId: SESSION, seq: 4, context: { usedTokens: 9, windowTokens: 10 } },
  }).state;
  expect({ mode: view(state).mode, model: view(state).model, context: view(state).context }).toEqual({
    mode: 'yolo',
    model,
    context: { usedTokens: 9, windowTokens: 10 },
  });
});

test('a task with a lower rev than the stored one is dropped', () => {
  const held = applyEvent(EMPTY_HOST_STATE, { event: 'task.changed', data: { task: task({ rev: 3, lastLine: 'new' }) } }).state;
  expect(applyEvent(held, { event: 'task.changed', data: { task: task({ rev: 2, lastLine: 'old' }) } })).toEqual({
    state: held,
    effects: [],
  });
});

test('a task is announced once in the background, and once at its end', () => {
  const fore = task({ placement: 'foreground', wasBackground: false, rev: 1 });
  let applied = applyEvent(EMPTY_HOST_STATE, { event: 'task.changed', data: { task: fore } });
  expect(applied.effects).toEqual([]);
  const back = task({ rev: 2 });
  applied = applyEvent(applied.state, { event: 'task.changed', data: { task: back } });
  expect(applied.effects).toEqual([{ kind: 'background_task_seen', task: back }]);
  const done = task({ rev: 3, status: 'completed', endedAtMs: NOW_MS });
  applied = applyEvent(applied.state, { event: 'task.changed', data: { task: done } });
  expect(applied.effects).toEqual([{ kind: 'background_task_ended', task: done }]);
  expect(applyEvent(applied.state, { event: 'task.changed', data: { task: { ...done, rev: 4 } } }).effects).toEqual([]);
});

test('a task of an earlier run is kept without an announcement', () => {
  const earlier = task({ placement: 'background', wasBackground: true, status: 'failed', endedAtMs: 9, ofEarlierRun: true });
  const { state, effects } = applyEvent(EMPTY_HOST_STATE, { event: 'task.changed', data: { task: earlier } });
  expect(Object.values(state.tasks)).toEqual([earlier]);
  expect(effects).toEqual([]);
});

test('host-wide state is stored by id and removed by id', () => {
  let state = applyEvent(EMPTY_HOST_STATE, { event: 'project.changed', data: { project: project() } }).state;
  state = applyEvent(state, { event: 'session.changed', data: { summary: summary() } }).state;
  state = applyEvent(state, { event: 'task.changed', data: { task: task() } }).state;
  expect([Object.keys(state.projects), Object.keys(state.sessions), Object.keys(state.tasks)]).toEqual([['p1'], ['s1'], ['bg_00000001']]);
  state = applyEvent(state, { event: 'task.removed', data: { taskId: taskId('bg_00000001') } }).state;
  state = applyEvent(withSnapshot(state, snapshot()), { event: 'session.removed', data: { projectId: PROJECT, sessionId: SESSION } }).state;
  state = applyEvent(state, { event: 'project.removed', data: { projectId: PROJECT } }).state;
  expect(state).toEqual(EMPTY_HOST_STATE);
});

test('a pin stays until an event mentions it', () => {
  const pinOf = (state: typeof EMPTY_HOST_STATE) => state.sessions[SESSION]?.pinnedAtMs;
  const changed = (state: typeof EMPTY_HOST_STATE, over: Partial<ReturnType<typeof summary>>) =>
    applyEvent(state, { event: 'session.changed', data: { summary: summary(over) } }).state;
  let state = changed(EMPTY_HOST_STATE, { pinnedAtMs: 5 });
  state = withSnapshot(changed(state, { title: 'Other' }), snapshot());
  expect(pinOf(state)).toBe(5);
  expect(pinOf(changed(state, { pinnedAtMs: null }))).toBeNull();
});

test('settings, notices and commands are effects and change no state', () => {
  const notice = { level: 'error' as const, code: 'internal' as const, message: 'm' };
  expect(applyEvent(EMPTY_HOST_STATE, { event: 'settings.changed', data: {} })).toEqual({
    state: EMPTY_HOST_STATE,
    effects: [{ kind: 'refresh_settings' }],
  });
  expect(applyEvent(EMPTY_HOST_STATE, { event: 'notice.raised', data: notice }).effects).toEqual([{ kind: 'raise_notice', notice }]);
  const invoked = { command: 'toggle_tasks' as const };
  expect(applyEvent(EMPTY_HOST_STATE, { event: 'command.invoked', data: invoked }).effects).toEqual([{ kind: 'invoke_command', invoked }]);
});

test('omitted text of a long message is counted, and nothing is appended after it', () => {
  const held = assistant('m1', { text: 'abc', streaming: true });
  const cut = (offsetChars: number, text: string, omittedChars: number): HostEvent => ({
    event: 'message.delta',
    data: { sessionId: SESSION, itemId: itemId('m1'), part: 'text', offsetChars, text, omittedChars },
  });
  const first = applyEvent(opened({ items: [held] }), cut(3, 'd', 5));
  expect(view(first.state).items[itemId('m1')]).toEqual({ ...held, text: 'abcd', omittedChars: { text: 5 } });
  const second = applyEvent(first.state, cut(9, '', 7));
  expect(view(second.state).items[itemId('m1')]).toEqual({ ...held, text: 'abcd', omittedChars: { text: 12 } });
  // An old event changes nothing, and a gap is handled as before.
  expect(applyEvent(second.state, cut(4, '', 5)).state).toBe(second.state);
  expect(applyEvent(second.state, cut(17, '', 1)).effects).toEqual([{ kind: 'attach_again', sessionId: SESSION }]);
});

test('a new turn clears the result of the last one, a new snapshot does not', () => {
  const result = {
    turnId: TurnId.parse('t1'),
    end: 'cancelled' as const,
    usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0, thinkingTokens: 0 },
    modelRequests: 1,
    durationMs: 1,
    apiDurationMs: 1,
    denied: [],
  };
  const ended = applyEvent(opened({ seq: 1 }), { event: 'turn.ended', data: { sessionId: SESSION, seq: 2, result } }).state;
  expect(view(withSnapshot(ended, snapshot({ seq: 3 }))).lastResult).toEqual(result);
  const started = applyEvent(ended, { event: 'turn.started', data: { sessionId: SESSION, seq: 3, turn: turn() } }).state;
  expect(view(started).lastResult).toBeUndefined();
});

test('the end of a foreground command is not announced as the end of a task', () => {
  const fore = task({ placement: 'foreground', wasBackground: false, rev: 1 });
  const { state } = applyEvent(EMPTY_HOST_STATE, { event: 'task.changed', data: { task: fore } });
  const ended = { ...fore, rev: 2, status: 'completed' as const, endedAtMs: NOW_MS };
  expect(applyEvent(state, { event: 'task.changed', data: { task: ended } }).effects).toEqual([]);
});

test('an item that is added again keeps its position, and older rows that are already loaded appear once', () => {
  const before = opened({ items: [user('u1', 'a'), user('u2', 'b')] });
  const { state } = applyEvent(before, added(2, ['u1', 'again']));
  expect(view(state).order).toEqual(['u1', 'u2']);
  const page = { items: [user('u0', 'older'), user('u1', 'old news')], earlierItems: 3 };
  const longer = view(withEarlier(state, SESSION, page));
  expect([longer.order, longer.items[itemId('u1')], longer.earlierItems]).toEqual([['u0', 'u1', 'u2'], user('u1', 'again'), 3]);
});

test('a list of sessions keeps the open one, and a list of tasks keeps what an event has made newer', () => {
  const state = withSnapshot(EMPTY_HOST_STATE, snapshot());
  expect(Object.keys(withSessions(state, PROJECT, []).sessions)).toEqual([SESSION]);
  expect(withSessions({ ...state, views: {} }, PROJECT, []).sessions).toEqual({});
  const held = withTasks(EMPTY_HOST_STATE, [task({ rev: 3, lastLine: 'new' })]);
  expect(Object.values(withTasks(held, [task({ rev: 2, lastLine: 'old' })]).tasks)).toEqual([task({ rev: 3, lastLine: 'new' })]);
  expect(withTasks(held, []).tasks).toEqual({});
});
