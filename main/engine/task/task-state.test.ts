import { expect, test } from 'vitest';
import { newTaskState, type TaskInput, type TaskState, type TaskTransition, transition } from './task-state.ts';

const states = {
  'starting fg': newTaskState('foreground', 5000),
  'starting bg': newTaskState('background'),
  'running fg': { ...newTaskState('foreground', 5000), status: 'running' },
  'running bg': { ...newTaskState('background'), status: 'running' },
  'stopping fg': { ...newTaskState('foreground', 5000), status: 'stopping', stopReason: 'user' },
  'stopping bg': { ...newTaskState('background'), status: 'stopping', stopReason: 'agent' },
  'timed out fg': { ...newTaskState('foreground', 5000), status: 'stopping', stopReason: 'timeout' },
  'completed fg': { ...newTaskState('foreground'), status: 'completed' },
  'completed bg': { ...newTaskState('background'), status: 'completed' },
  'failed fg': { ...newTaskState('foreground'), status: 'failed' },
  'failed bg': { ...newTaskState('background'), status: 'failed' },
  'cancelled fg': { ...newTaskState('foreground'), status: 'cancelled' },
  'cancelled bg': { ...newTaskState('background'), status: 'cancelled' },
} as const satisfies Record<string, TaskState>;

const inputs = {
  started: { kind: 'started' },
  promote: { kind: 'promote' },
  stop: { kind: 'stop', reason: 'user', force: false },
  force: { kind: 'stop', reason: 'agent', force: true },
  timeout: { kind: 'stop', reason: 'timeout', force: false },
  exit0: { kind: 'ended', end: { exitCode: 0 } },
  signal9: { kind: 'ended', end: { exitCode: 0, signal: 9 } },
} as const satisfies Record<string, TaskInput>;

/** "status placement: effects" or "refused code". */
function summarize(result: TaskTransition): string {
  if (!result.ok) return `refused ${result.code}`;
  const effects = result.effects.map((effect) => (effect.kind === 'stopProcess' ? `stop${effect.force ? '!' : ''}` : effect.kind));
  return `${result.state.status} ${result.state.placement}: ${effects.join(' ')}`.trim();
}

const ALL_ENDED = [
  'refused task_ended',
  'refused task_ended',
  'refused task_ended',
  'refused task_ended',
  'refused task_ended',
  'refused task_ended',
  'refused task_ended',
];

/** Columns in the order of `inputs`. */
const TABLE: Record<keyof typeof states, readonly string[]> = {
  'starting fg': [
    'running foreground:',
    'starting background: clearTimeout releaseCaller',
    'stopping foreground: clearTimeout stop',
    'stopping foreground: clearTimeout stop!',
    'stopping foreground: clearTimeout stop',
    'completed foreground: clearTimeout finish',
    'failed foreground: clearTimeout finish',
  ],
  'starting bg': [
    'running background:',
    'refused task_not_promotable',
    'stopping background: clearTimeout stop',
    'stopping background: clearTimeout stop!',
    'stopping background: clearTimeout stop',
    'completed background: clearTimeout finish',
    'failed background: clearTimeout finish',
  ],
  'running fg': [
    'running foreground:',
    'running background: clearTimeout releaseCaller',
    'stopping foreground: clearTimeout stop',
    'stopping foreground: clearTimeout stop!',
    'stopping foreground: clearTimeout stop',
    'completed foreground: clearTimeout finish',
    'failed foreground: clearTimeout finish',
  ],
  'running bg': [
    'running background:',
    'refused task_not_promotable',
    'stopping background: clearTimeout stop',
    'stopping background: clearTimeout stop!',
    'stopping background: clearTimeout stop',
    'completed background: clearTimeout finish',
    'failed background: clearTimeout finish',
  ],
  'stopping fg': [
    'stopping foreground:',
    'refused task_not_promotable',
    'stopping foreground:',
    'stopping foreground: clearTimeout stop!',
    'stopping foreground:',
    'cancelled foreground: clearTimeout finish',
    'cancelled foreground: clearTimeout finish',
  ],
  'stopping bg': [
    'stopping background:',
    'refused task_not_promotable',
    'stopping background:',
    'stopping background: clearTimeout stop!',
    'stopping background:',
    'cancelled background: clearTimeout finish',
    'cancelled background: clearTimeout finish',
  ],
  'timed out fg': [
    'stopping foreground:',
    'refused task_not_promotable',
    'stopping foreground:',
    'stopping foreground: clearTimeout stop!',
    'stopping foreground:',
    'failed foreground: clearTimeout finish',
    'failed foreground: clearTimeout finish',
  ],
  'completed fg': ALL_ENDED,
  'completed bg': ALL_ENDED,
  'failed fg': ALL_ENDED,
  'failed bg': ALL_ENDED,
  'cancelled fg': ALL_ENDED,
  'cancelled bg': ALL_ENDED,
};

const keysOf = <T extends object>(value: T) => Object.keys(value) as (keyof T)[]; // Object.keys forgets its keys' type

for (const state of keysOf(states)) {
  test(`BT-9, BT-14: every input to a task that is ${state}`, () => {
    expect(keysOf(inputs).map((input) => summarize(transition(states[state], inputs[input])))).toEqual(TABLE[state]);
  });
}

test('the first request to stop decides the final status', () => {
  const asked = transition(states['stopping bg'], { kind: 'stop', reason: 'user', force: true });
  expect(asked.ok && asked.state.stopReason).toBe('agent');
});

test('BT-15: a promotion removes the timeout', () => {
  const promoted = transition(states['running fg'], { kind: 'promote' });
  expect(promoted.ok && promoted.state.timeoutMs).toBe(undefined);
});
