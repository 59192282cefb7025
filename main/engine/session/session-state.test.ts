import { expect, test } from 'vitest';
import { type SessionInput, type SessionState, transitionSession } from './session-state.ts';

const prompt = (localId: string) => ({ localId, text: `text of ${localId}` });
const idle: SessionState = { phase: 'idle', queue: [] };
const running: SessionState = { phase: 'running', queue: [] };
const queued: SessionState = { phase: 'running', queue: [prompt('a'), prompt('b')] };
const closing: SessionState = { phase: 'closing', queue: [] };

const holding: SessionState = {
  phase: 'idle',
  queue: [
    { ...prompt('h'), isHeld: true },
    { ...prompt('i'), isHeld: true, delivery: 'steer' },
  ],
};

const cases: readonly {
  name: string;
  state: SessionState;
  input: SessionInput;
  phase?: string;
  queue?: string;
  effects?: string;
  code?: string;
}[] = [
  {
    name: 'idle, prompt',
    state: idle,
    input: { kind: 'prompt', prompt: prompt('x') },
    phase: 'running',
    queue: '',
    effects: 'start_turn:x',
  },
  { name: 'idle, turn wanted', state: idle, input: { kind: 'turn_wanted' }, phase: 'running', queue: '', effects: 'start_turn' },
  { name: 'idle, turn ended', state: idle, input: { kind: 'turn_ended' }, phase: 'idle', queue: '', effects: '' },
  { name: 'idle, command', state: idle, input: { kind: 'command_wanted' }, phase: 'running', queue: '', effects: '' },
  { name: 'running, command', state: running, input: { kind: 'command_wanted' }, code: 'session_busy' },
  { name: 'closing, command', state: closing, input: { kind: 'command_wanted' }, code: 'closed' },
  { name: 'idle, command ended', state: idle, input: { kind: 'command_ended' }, phase: 'idle', queue: '', effects: '' },
  {
    name: 'queued, command ended',
    state: queued,
    input: { kind: 'command_ended' },
    phase: 'running',
    queue: 'b',
    effects: 'publish_queue start_turn:a',
  },
  { name: 'closing, command ended', state: closing, input: { kind: 'command_ended' }, phase: 'closing', queue: '', effects: '' },
  { name: 'idle, unqueue', state: idle, input: { kind: 'unqueue', localId: 'x' }, phase: 'idle', queue: '', effects: '' },
  { name: 'idle, close', state: idle, input: { kind: 'close' }, phase: 'closing', queue: '', effects: '' },
  {
    name: 'running, prompt',
    state: running,
    input: { kind: 'prompt', prompt: prompt('x') },
    phase: 'running',
    queue: 'x',
    effects: 'publish_queue',
  },
  {
    name: 'running with a steering prompt, taken',
    state: { phase: 'running', queue: [prompt('a'), { ...prompt('s'), delivery: 'steer' }] },
    input: { kind: 'steering_taken' },
    phase: 'running',
    queue: 'a',
    effects: '',
  },
  {
    name: 'running, steering written',
    state: running,
    input: { kind: 'steering_written' },
    phase: 'running',
    queue: '',
    effects: 'publish_queue',
  },
  {
    name: 'running, steering returned',
    state: queued,
    input: { kind: 'steering_returned', prompts: [prompt('s')] },
    phase: 'running',
    queue: 's a b',
    effects: 'publish_queue',
  },
  {
    name: 'closing, steering returned',
    state: closing,
    input: { kind: 'steering_returned', prompts: [prompt('s')] },
    phase: 'closing',
    queue: '',
    effects: '',
  },
  { name: 'running, turn wanted', state: running, input: { kind: 'turn_wanted' }, phase: 'running', queue: '', effects: '' },
  { name: 'running, turn ended', state: running, input: { kind: 'turn_ended' }, phase: 'idle', queue: '', effects: '' },
  {
    name: 'running with a queue, turn ended',
    state: queued,
    input: { kind: 'turn_ended' },
    phase: 'running',
    queue: 'b',
    effects: 'publish_queue start_turn:a',
  },
  {
    name: 'running with a queue, a turn that could not be written ended',
    state: queued,
    input: { kind: 'turn_ended', holdsQueue: true },
    phase: 'idle',
    queue: 'a b',
    effects: 'publish_queue',
  },
  {
    name: 'running, a turn that could not be written ended',
    state: running,
    input: { kind: 'turn_ended', holdsQueue: true },
    phase: 'idle',
    queue: '',
    effects: '',
  },
  {
    name: 'running with a queue, unqueue',
    state: queued,
    input: { kind: 'unqueue', localId: 'a' },
    phase: 'running',
    queue: 'b',
    effects: 'publish_queue',
  },
  {
    name: 'running with a queue, unqueue of another',
    state: queued,
    input: { kind: 'unqueue', localId: 'z' },
    phase: 'running',
    queue: 'a b',
    effects: '',
  },
  {
    name: 'running with a queue, close',
    state: queued,
    input: { kind: 'close' },
    phase: 'closing',
    queue: '',
    effects: 'publish_queue cancel_turn',
  },
  {
    name: 'idle, hold',
    state: idle,
    input: { kind: 'hold', prompts: [prompt('x'), prompt('y')] },
    phase: 'idle',
    queue: 'x y',
    effects: 'publish_queue',
  },
  { name: 'idle, hold of nothing', state: idle, input: { kind: 'hold', prompts: [] }, phase: 'idle', queue: '', effects: '' },
  {
    name: 'running with a queue, hold',
    state: queued,
    input: { kind: 'hold', prompts: [prompt('x')] },
    phase: 'running',
    queue: 'x a b',
    effects: 'publish_queue',
  },
  { name: 'closing, hold', state: closing, input: { kind: 'hold', prompts: [prompt('x')] }, phase: 'closing', queue: '', effects: '' },
  {
    name: 'idle with held prompts, prompt',
    state: holding,
    input: { kind: 'prompt', prompt: prompt('x') },
    phase: 'running',
    queue: 'h i',
    effects: 'start_turn:x',
  },
  {
    name: 'idle with held prompts, send',
    state: holding,
    input: { kind: 'send', localId: 'i' },
    phase: 'running',
    queue: 'h',
    effects: 'publish_queue start_turn:i',
  },
  {
    name: 'idle with held prompts, send of another',
    state: holding,
    input: { kind: 'send', localId: 'z' },
    phase: 'idle',
    queue: 'h i',
    effects: '',
  },
  {
    name: 'running with held prompts, turn ended',
    state: { ...holding, phase: 'running' },
    input: { kind: 'turn_ended' },
    phase: 'idle',
    queue: 'h i',
    effects: '',
  },
  {
    name: 'running with held and waiting prompts, turn ended',
    state: { phase: 'running', queue: [...holding.queue, prompt('a')] },
    input: { kind: 'turn_ended' },
    phase: 'running',
    queue: 'h i',
    effects: 'publish_queue start_turn:a',
  },
  {
    name: 'running with held prompts that steer, taken',
    state: { ...holding, phase: 'running' },
    input: { kind: 'steering_taken' },
    phase: 'running',
    queue: 'h i',
    effects: '',
  },
  {
    name: 'queued, send of a prompt that is not held',
    state: queued,
    input: { kind: 'send', localId: 'a' },
    phase: 'running',
    queue: 'a b',
    effects: '',
  },
  { name: 'closing, prompt', state: closing, input: { kind: 'prompt', prompt: prompt('x') }, code: 'closed' },
  { name: 'closing, turn wanted', state: closing, input: { kind: 'turn_wanted' }, phase: 'closing', queue: '', effects: '' },
  { name: 'closing, turn ended', state: closing, input: { kind: 'turn_ended' }, phase: 'closing', queue: '', effects: '' },
  { name: 'closing, unqueue', state: closing, input: { kind: 'unqueue', localId: 'x' }, phase: 'closing', queue: '', effects: '' },
  { name: 'closing, close', state: closing, input: { kind: 'close' }, phase: 'closing', queue: '', effects: '' },
];

test.each(cases)('$name', ({ state, input, phase, queue, effects, code }) => {
  const next = transitionSession(state, input);
  if (!next.ok) return expect(next.code).toBe(code);
  const received = next.effects.map((effect) =>
    effect.kind === 'start_turn' && effect.prompt !== undefined ? `start_turn:${effect.prompt.localId}` : effect.kind,
  );
  return expect([next.state.phase, next.state.queue.map((entry) => entry.localId).join(' '), received.join(' ')]).toEqual([
    phase,
    queue,
    effects,
  ]);
});

test('the sixth queued prompt is refused and the first five stay', () => {
  let state = running;
  for (const localId of ['1', '2', '3', '4', '5']) {
    const next = transitionSession(state, { kind: 'prompt', prompt: prompt(localId) });
    if (next.ok) state = next.state;
  }
  expect(transitionSession(state, { kind: 'prompt', prompt: prompt('6') })).toEqual({ ok: false, code: 'queue_full' });
  expect(state.queue).toHaveLength(5);
});

test('a held prompt that is sent during a turn waits like the others, and held prompts do not count towards the limit of the queue', () => {
  const sent = transitionSession({ ...holding, phase: 'running' }, { kind: 'send', localId: 'h' });
  if (!sent.ok) throw new Error(sent.code);
  expect(sent.effects).toEqual([{ kind: 'publish_queue' }]);
  expect(sent.state.queue).toEqual([prompt('h'), { ...prompt('i'), isHeld: true, delivery: 'steer' }]);
  let { state } = sent;
  for (const localId of ['1', '2', '3', '4']) {
    const next = transitionSession(state, { kind: 'prompt', prompt: prompt(localId) });
    if (next.ok) state = next.state;
  }
  expect(state.queue).toHaveLength(6);
  expect(transitionSession(state, { kind: 'prompt', prompt: prompt('5') })).toEqual({ ok: false, code: 'queue_full' });
});
