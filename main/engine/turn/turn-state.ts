/**
 * The states of a turn. Pure: the caller sends inputs and publishes what changed.
 * preparing -> streaming <-> retrying; preparing -> running_tools; streaming -> running_tools <-> awaiting_approval; running_tools -> streaming;
 * any -> ended, which is absorbing: a second end changes nothing, so `turn.ended` is emitted once.
 */
import type { TurnEnd, TurnPhase } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';

/** `waiting` counts the pending approvals. */
export interface TurnState {
  readonly phase: TurnPhase | 'ended';
  readonly waiting: number;
  readonly end?: TurnEnd;
}

export type TurnInput =
  | { readonly kind: 'request_sent' }
  | { readonly kind: 'retry_scheduled' }
  | { readonly kind: 'tools_started' }
  | { readonly kind: 'approval_requested' }
  | { readonly kind: 'approval_settled' }
  | { readonly kind: 'ended'; readonly end: TurnEnd };

export type TurnTransition =
  | { readonly ok: true; readonly state: TurnState; readonly publish: 'turn.changed' | 'turn.ended' | 'nothing' }
  | { readonly ok: false; readonly refused: string };

export const INITIAL_TURN_STATE: TurnState = { phase: 'preparing', waiting: 0 };

/** The phases in which an input is legal. In any other phase it is refused and changes nothing. */
const LEGAL: Readonly<Record<Exclude<TurnInput['kind'], 'ended'>, readonly TurnState['phase'][]>> = {
  request_sent: ['preparing', 'streaming', 'retrying', 'running_tools'], // from streaming: a continuation after the token limit
  retry_scheduled: ['streaming', 'retrying'], // from retrying: the heartbeat of a long wait
  tools_started: ['streaming', 'preparing'], // from preparing: calls of an interrupted turn that the user allowed
  approval_requested: ['running_tools', 'awaiting_approval'],
  approval_settled: ['awaiting_approval'],
};

export function transitionTurn(state: TurnState, input: TurnInput): TurnTransition {
  if (state.phase === 'ended') return { ok: false, refused: `the turn has ended: ${input.kind}` };
  if (input.kind === 'ended') return { ok: true, state: { phase: 'ended', waiting: 0, end: input.end }, publish: 'turn.ended' };
  if (!LEGAL[input.kind].includes(state.phase)) return { ok: false, refused: `${input.kind} while ${state.phase}` };
  switch (input.kind) {
    case 'request_sent':
      return changed(state, { phase: 'streaming', waiting: 0 });
    case 'retry_scheduled':
      return { ok: true, state: { phase: 'retrying', waiting: 0 }, publish: 'turn.changed' };
    case 'tools_started':
      return changed(state, { phase: 'running_tools', waiting: 0 });
    case 'approval_requested':
      return changed(state, { phase: 'awaiting_approval', waiting: state.waiting + 1 });
    case 'approval_settled': {
      const waiting = state.waiting - 1;
      return changed(state, { phase: waiting > 0 ? 'awaiting_approval' : 'running_tools', waiting });
    }
    default:
      return assertNever(input);
  }
}

function changed(before: TurnState, state: TurnState): TurnTransition {
  return { ok: true, state, publish: before.phase === state.phase ? 'nothing' : 'turn.changed' };
}
