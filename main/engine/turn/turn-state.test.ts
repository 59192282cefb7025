import { expect, test } from 'vitest';
import { transitionTurn, type TurnInput, type TurnState } from './turn-state.ts';

const PHASES = ['preparing', 'streaming', 'retrying', 'running_tools', 'awaiting_approval', 'ended'] as const;
const INPUTS = ['request_sent', 'retry_scheduled', 'tools_started', 'approval_requested', 'approval_settled'] as const;

/** Row: phase; columns in the order of INPUTS: the next phase and what is published, or a refusal. */
const TABLE: Record<(typeof PHASES)[number], readonly string[]> = {
  preparing: ['streaming changed', 'refused', 'running_tools changed', 'refused', 'refused'],
  streaming: ['streaming nothing', 'retrying changed', 'running_tools changed', 'refused', 'refused'],
  retrying: ['streaming changed', 'retrying changed', 'refused', 'refused', 'refused'],
  running_tools: ['streaming changed', 'refused', 'refused', 'awaiting_approval changed', 'refused'],
  awaiting_approval: ['refused', 'refused', 'refused', 'awaiting_approval nothing', 'running_tools changed'],
  ended: ['refused', 'refused', 'refused', 'refused', 'refused'],
};

const stateOf = (phase: TurnState['phase']): TurnState => ({ phase, waiting: phase === 'awaiting_approval' ? 1 : 0 });

test.each(PHASES.flatMap((phase) => INPUTS.map((kind, column) => ({ phase, kind, expected: TABLE[phase][column] }))))(
  '$kind while $phase: $expected',
  ({ phase, kind, expected }) => {
    const next = transitionTurn(stateOf(phase), { kind });
    expect(next.ok ? `${next.state.phase} ${next.publish.replace('turn.', '')}` : 'refused').toBe(expected);
  },
);

test.each(PHASES.filter((phase) => phase !== 'ended'))('every end is possible while %s and is published once', (phase) => {
  for (const end of ['completed', 'cancelled', 'failed', 'interrupted', 'max_turns'] as const) {
    const next = transitionTurn(stateOf(phase), { kind: 'ended', end });
    expect(next).toEqual({ ok: true, state: { phase: 'ended', waiting: 0, end }, publish: 'turn.ended' });
    if (next.ok) expect(transitionTurn(next.state, { kind: 'ended', end: 'failed' }).ok).toBe(false);
  }
});

test('with two pending approvals the turn waits until both are settled', () => {
  const inputs: TurnInput['kind'][] = [
    'request_sent',
    'tools_started',
    'approval_requested',
    'approval_requested',
    'approval_settled',
    'approval_settled',
  ];
  let state: TurnState = { phase: 'preparing', waiting: 0 };
  const phases = inputs.map((kind) => {
    const next = transitionTurn(state, kind === 'ended' ? { kind, end: 'failed' } : { kind });
    if (next.ok) state = next.state;
    return `${state.phase} ${state.waiting}`;
  });
  expect(phases).toEqual([
    'streaming 0',
    'running_tools 0',
    'awaiting_approval 1',
    'awaiting_approval 2',
    'awaiting_approval 1',
    'running_tools 0',
  ]);
});
