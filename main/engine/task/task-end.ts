/**
 * The final status of a process (BT-10). The first match counts: stopped, error, signal, exit code, unknown.
 * Pure. A timeout is not a cancellation: the task failed, and the error gives the time limit.
 */
import type { ProcessEnd } from '../ports.ts';
import { defined, failureSignal, type TaskFailure } from '../../../preload/contract/index.ts';

/** What requested the stop; `app`: the app ends, and stops its background tasks. */
export type StopReason = 'user' | 'agent' | 'timeout' | 'session' | 'abort' | 'monitor' | 'app';

/** The `error` of a task that ended because the app did; Qwen Code has no status for that. */
export const ENDED_WITH_APP = 'Ended with Gantry';

export interface EndDecision {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly exitCode?: number;
  readonly signal?: number;
  /** For users; absent if the task completed, or was cancelled by anything but the end of the app. */
  readonly error?: string;
  /** The same as data; absent if `error` is the text of the operating system. */
  readonly failure?: TaskFailure;
}

export function decideEnd(end: ProcessEnd, request: { readonly stopReason?: StopReason; readonly timeoutMs?: number }): EndDecision {
  const known = {
    ...defined({ exitCode: end.exitCode }),
    ...(end.signal === undefined || end.signal === 0 ? {} : { signal: end.signal }),
  };
  if (request.stopReason === 'app') return { status: 'cancelled', ...known, error: ENDED_WITH_APP };
  if (request.stopReason === 'timeout') return failed(known, { code: 'timed_out', ...defined({ limitMs: request.timeoutMs }) });
  if (request.stopReason !== undefined) return { status: 'cancelled', ...known };
  if (end.error !== undefined) return { status: 'failed', ...known, error: end.error };
  if (known.signal !== undefined) return failed(known, { code: 'signal', signal: known.signal });
  if (end.exitCode === 0) return { status: 'completed', ...known };
  if (end.exitCode !== undefined) return failed(known, { code: 'exited', exitCode: end.exitCode });
  return { status: 'failed', error: `Exited with unknown status (exitCode=${end.exitCode}, signal=${end.signal}, error=${end.error})` };
}

function failed(known: Pick<EndDecision, 'exitCode' | 'signal'>, failure: TaskFailure): EndDecision {
  return { status: 'failed', ...known, error: describeFailure(failure), failure };
}

/** In English: for the model, the status file and hosts without a window. */
export function describeFailure(failure: TaskFailure): string {
  const found = failureSignal(failure);
  switch (failure.code) {
    case 'timed_out':
      return failure.limitMs === undefined ? 'Timed out' : `Timed out after ${failure.limitMs / 1000} s`;
    case 'signal':
      return `Terminated by signal ${failure.signal}${found === undefined ? '' : ` (${found.name})`}`;
    case 'exited':
      return `Exited with code ${failure.exitCode}${found === undefined ? '' : ` (128 + ${found.signal}: ${found.name})`}`;
  }
}
