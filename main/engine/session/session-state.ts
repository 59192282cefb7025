/**
 * The states of a session: idle <-> running, closing. Pure.
 * It does one thing at a time: a turn, or a command of the user. A prompt that arrives while it is running waits in the queue, and a
 * command is refused. session-work.ts applies the effects in order.
 */
import type { ErrorCode, QueuedPrompt } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';

/** A longer queue would hide what the agent will do next. */
export const MAX_QUEUED = 5;

/** Invariant: while idle, the queue holds only held prompts. */
export interface SessionState {
  readonly phase: 'idle' | 'running' | 'closing';
  readonly queue: readonly QueuedPrompt[];
}

export type SessionInput =
  | { readonly kind: 'prompt'; readonly prompt: QueuedPrompt }
  /** A turn is needed without a prompt: for notices of ended tasks, or to retry a failed turn. */
  | { readonly kind: 'turn_wanted' }
  /** `holdsQueue`: the session cannot be written, so every queued prompt would fail as well. */
  | { readonly kind: 'turn_ended'; readonly holdsQueue?: boolean }
  /** The user's own command takes the place of a turn until it ends or moves to the background. */
  | { readonly kind: 'command_wanted' }
  | { readonly kind: 'command_ended' }
  | { readonly kind: 'unqueue'; readonly localId: string }
  /** Prompts left by an earlier run, or whose turn could not start: they are held at the front of the queue. */
  | { readonly kind: 'hold'; readonly prompts: readonly QueuedPrompt[] }
  /** The user sends a held prompt. */
  | { readonly kind: 'send'; readonly localId: string }
  /** The running turn gives these prompts to the model; `steering_written` follows once they are on disk. */
  | { readonly kind: 'steering_taken' }
  | { readonly kind: 'steering_written' }
  /** They could not be written, and return to the front of the queue. */
  | { readonly kind: 'steering_returned'; readonly prompts: readonly QueuedPrompt[] }
  | { readonly kind: 'close' };

/** `start_turn` without a prompt: the turn continues from the history, or from what its opening adds. */
export type SessionEffect =
  | { readonly kind: 'start_turn'; readonly prompt?: QueuedPrompt }
  | { readonly kind: 'publish_queue' }
  | { readonly kind: 'cancel_turn' };

export type SessionTransition =
  | { readonly ok: true; readonly state: SessionState; readonly effects: readonly SessionEffect[] }
  | { readonly ok: false; readonly code: ErrorCode };

/** What the user reads when an input is refused. */
export const REFUSAL_MESSAGES: { readonly [code in ErrorCode]?: string } = {
  queue_full: 'The queue is full. Wait for the running turn, or stop it.',
  session_busy: 'A turn or a command is running in this session. Wait for its end, stop it, or move the command to the background.',
};

export const INITIAL_SESSION_STATE: SessionState = { phase: 'idle', queue: [] };

const next = (state: SessionState, ...effects: SessionEffect[]): SessionTransition => ({ ok: true, state, effects });

/** Whether the prompt is to be read at the next tool boundary. */
export function isSteering({ delivery, isHeld }: QueuedPrompt): boolean {
  return delivery === 'steer' && isHeld !== true;
}

function held(prompt: QueuedPrompt): QueuedPrompt {
  return { ...prompt, isHeld: true };
}

function released({ isHeld: _held, ...prompt }: QueuedPrompt): QueuedPrompt {
  return prompt;
}

/** Refusals: `closed` (it is closing), `queue_full`, `session_busy` (a command while something runs). Inputs that change nothing return no effects. */
export function transitionSession(state: SessionState, input: SessionInput): SessionTransition {
  switch (input.kind) {
    case 'prompt':
      if (state.phase === 'closing') return { ok: false, code: 'closed' };
      if (state.phase === 'idle') return next({ ...state, phase: 'running' }, { kind: 'start_turn', prompt: input.prompt });
      if (state.queue.filter(({ isHeld }) => isHeld !== true).length >= MAX_QUEUED) return { ok: false, code: 'queue_full' };
      return next({ ...state, queue: [...state.queue, input.prompt] }, { kind: 'publish_queue' });
    case 'turn_wanted':
      return state.phase === 'idle' ? next({ ...state, phase: 'running' }, { kind: 'start_turn' }) : next(state);
    case 'command_wanted':
      if (state.phase === 'closing') return { ok: false, code: 'closed' };
      return state.phase === 'idle' ? next({ ...state, phase: 'running' }) : { ok: false, code: 'session_busy' };
    case 'command_ended':
    case 'turn_ended': {
      if (state.phase !== 'running') return next(state);
      if (input.kind === 'turn_ended' && input.holdsQueue === true && state.queue.length > 0)
        return next({ phase: 'idle', queue: state.queue.map(held) }, { kind: 'publish_queue' });
      const prompt = state.queue.find(({ isHeld }) => isHeld !== true);
      if (prompt === undefined) return next({ ...state, phase: 'idle' });
      const queue = state.queue.filter((other) => other !== prompt);
      return next({ phase: 'running', queue }, { kind: 'publish_queue' }, { kind: 'start_turn', prompt });
    }
    case 'hold': {
      if (state.phase === 'closing' || input.prompts.length === 0) return next(state);
      return next({ ...state, queue: [...input.prompts.map(held), ...state.queue] }, { kind: 'publish_queue' });
    }
    case 'send': {
      const wanted = state.queue.find(({ localId, isHeld }) => localId === input.localId && isHeld === true);
      if (wanted === undefined) return next(state);
      const prompt = released(wanted);
      if (state.phase !== 'idle')
        return next({ ...state, queue: state.queue.map((other) => (other === wanted ? prompt : other)) }, { kind: 'publish_queue' });
      const queue = state.queue.filter((other) => other !== wanted);
      return next({ phase: 'running', queue }, { kind: 'publish_queue' }, { kind: 'start_turn', prompt });
    }
    case 'unqueue': {
      const queue = state.queue.filter((prompt) => prompt.localId !== input.localId);
      return queue.length === state.queue.length ? next(state) : next({ ...state, queue }, { kind: 'publish_queue' });
    }
    case 'steering_taken':
      return next({ ...state, queue: state.queue.filter((prompt) => !isSteering(prompt)) });
    case 'steering_written':
      return next(state, { kind: 'publish_queue' });
    case 'steering_returned':
      return state.phase === 'running'
        ? next({ ...state, queue: [...input.prompts, ...state.queue] }, { kind: 'publish_queue' })
        : next(state);
    case 'close': {
      if (state.phase === 'closing') return next(state);
      const cancel: SessionEffect[] = state.phase === 'running' ? [{ kind: 'cancel_turn' }] : [];
      const drop: SessionEffect[] = state.queue.length > 0 ? [{ kind: 'publish_queue' }] : [];
      return next({ phase: 'closing', queue: [] }, ...drop, ...cancel);
    }
    default:
      return assertNever(input);
  }
}
