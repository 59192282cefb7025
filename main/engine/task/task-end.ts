/**
 * The final status of a process (BT-10). The first match counts: stopped, error, signal, exit code, unknown.
 * Pure. A timeout is not a cancellation: the task failed, and the error gives the time limit.
 */
import type { ProcessEnd } from '../ports.ts';
import { defined } from '../../../preload/contract/index.ts';

/** What requested the stop. */
export type StopReason = 'user' | 'agent' | 'timeout' | 'session' | 'abort' | 'monitor';

export interface EndDecision {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly exitCode?: number;
  readonly signal?: number;
  /** For users; absent if the task completed or was cancelled. */
  readonly error?: string;
}

export function decideEnd(end: ProcessEnd, request: { readonly stopReason?: StopReason; readonly timeoutMs?: number }): EndDecision {
  const known = {
    ...defined({ exitCode: end.exitCode }),
    ...(end.signal === undefined || end.signal === 0 ? {} : { signal: end.signal }),
  };
  if (request.stopReason === 'timeout') return { status: 'failed', ...known, error: timedOut(request.timeoutMs) };
  if (request.stopReason !== undefined) return { status: 'cancelled', ...known };
  if (end.error !== undefined) return { status: 'failed', ...known, error: end.error };
  if (known.signal !== undefined) {
    return { status: 'failed', ...known, error: `Terminated by signal ${known.signal}${named(known.signal, (name) => ` (${name})`)}` };
  }
  if (end.exitCode === 0) return { status: 'completed', ...known };
  if (end.exitCode !== undefined)
    return { status: 'failed', ...known, error: `Exited with code ${end.exitCode}${shellSignal(end.exitCode)}` };
  return { status: 'failed', error: `Exited with unknown status (exitCode=${end.exitCode}, signal=${end.signal}, error=${end.error})` };
}

function timedOut(timeoutMs: number | undefined): string {
  return timeoutMs === undefined ? 'Timed out' : `Timed out after ${timeoutMs / 1000} s`;
}

/** A shell reports a command that was terminated by signal n as 128 + n. */
function shellSignal(exitCode: number): string {
  return exitCode > 128 ? named(exitCode - 128, (name) => ` (128 + ${exitCode - 128}: ${name})`) : '';
}

function named(signal: number, text: (name: string) => string): string {
  const name = SIGNAL_NAMES[signal];
  return name === undefined ? '' : text(name);
}

/** POSIX numbers on Linux; those up to 15 are the same on all supported systems. */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};
