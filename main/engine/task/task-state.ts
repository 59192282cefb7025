/**
 * The states of a task and the transitions between them. Pure: status and placement are independent, final states
 * ignore every input, and promotion never affects the process.
 *
 *   starting -> running -> stopping -> completed | failed | cancelled
 *   foreground -> background, one way
 *
 * Shape: an accepted input returns the next state and the effects to apply, in order; a refused input returns a code and
 * changes nothing. It never throws.
 * Source: docs/background-tasks.md, BT-9 to BT-15.
 */
import type { ErrorCode, TaskPlacement, TaskStatus } from '../../../preload/contract/index.ts';
import { isTerminalStatus } from '../../../preload/contract/index.ts';
import type { ProcessEnd } from '../ports.ts';
import { decideEnd, type EndDecision, type StopReason } from './task-end.ts';

export interface TaskState {
  readonly status: TaskStatus;
  readonly placement: TaskPlacement;
  readonly wasBackground: boolean;
  /** The first request to stop; it determines the final status. */
  readonly stopReason?: StopReason;
  readonly timeoutMs?: number;
  readonly end?: EndDecision;
}

export type TaskInput =
  | { readonly kind: 'started' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly force: boolean }
  | { readonly kind: 'ended'; readonly end: ProcessEnd };

export type TaskEffect =
  /** Signal the process group. */
  | { readonly kind: 'stopProcess'; readonly force: boolean }
  /** The foreground timeout no longer applies. */
  | { readonly kind: 'clearTimeout' }
  /** The caller continues without waiting for the command. */
  | { readonly kind: 'releaseCaller' }
  /** The end, exactly once: settle the caller, write the files, emit the events. */
  | { readonly kind: 'finish' };

export type TaskTransition =
  | { readonly ok: true; readonly state: TaskState; readonly effects: readonly TaskEffect[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** The state of a task before its process is reported. */
export function newTaskState(placement: TaskPlacement, timeoutMs?: number): TaskState {
  return {
    status: 'starting',
    placement,
    wasBackground: placement === 'background',
    ...(timeoutMs === undefined || placement === 'background' ? {} : { timeoutMs }),
  };
}

export function transition(state: TaskState, input: TaskInput): TaskTransition {
  if (isTerminalStatus(state.status)) return refuse('task_ended', `The task has already ended (${state.status}).`);
  switch (input.kind) {
    case 'started':
      return accept({ ...state, status: state.status === 'starting' ? 'running' : state.status });
    case 'promote':
      return promote(state);
    case 'stop':
      return stop(state, input.reason, input.force);
    case 'ended': {
      const end = decideEnd(input.end, state);
      return accept({ ...state, status: end.status, end }, { kind: 'clearTimeout' }, { kind: 'finish' });
    }
  }
}

function promote(state: TaskState): TaskTransition {
  if (state.placement === 'background') return refuse('task_not_promotable', 'The task is already in the background.');
  if (state.status === 'stopping') return refuse('task_not_promotable', 'The task is being stopped.');
  const { timeoutMs: _cleared, ...rest } = state;
  return accept({ ...rest, placement: 'background', wasBackground: true }, { kind: 'clearTimeout' }, { kind: 'releaseCaller' });
}

/** A second stop is harmless, and the first reason is kept. Force works at any time before the end. */
function stop(state: TaskState, reason: StopReason, force: boolean): TaskTransition {
  const next: TaskState = { ...state, status: 'stopping', stopReason: state.stopReason ?? reason };
  if (state.status === 'stopping' && !force) return accept(next);
  return accept(next, { kind: 'clearTimeout' }, { kind: 'stopProcess', force });
}

function accept(state: TaskState, ...effects: TaskEffect[]): TaskTransition {
  return { ok: true, state, effects };
}

function refuse(code: ErrorCode, message: string): TaskTransition {
  return { ok: false, code, message };
}
