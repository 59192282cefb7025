import { z } from 'zod';

/**
 * Why a command failed, as data. `exited`: the code of the process, from 1. `signal`: the signal that ended it. `timed_out`: its
 * limit; absent if it is unknown. An end that only the operating system describes has no code.
 */
export const TaskFailure = z.discriminatedUnion('code', [
  z.object({ code: z.literal('exited'), exitCode: z.number().int() }),
  z.object({ code: z.literal('signal'), signal: z.number().int() }),
  z.object({ code: z.literal('timed_out'), limitMs: z.number().optional() }),
]);
export type TaskFailure = z.infer<typeof TaskFailure>;

/**
 * How a command of a row ended without success. `not_started`, `cancelled`: the user stopped the turn. `stopped`: the user stopped the
 * command. `interrupted`: it ended with Gantry.
 */
export const CommandEnd = z.union([TaskFailure, z.object({ code: z.enum(['not_started', 'cancelled', 'stopped', 'interrupted']) })]);
export type CommandEnd = z.infer<typeof CommandEnd>;

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

/**
 * The signal that ended a command with its name, if it has one here. A shell reports a command that was terminated by signal n as
 * the exit code 128 + n.
 */
export function failureSignal(failure: TaskFailure): { readonly signal: number; readonly name: string } | undefined {
  const signal =
    failure.code === 'signal' ? failure.signal : failure.code === 'exited' && failure.exitCode > 128 ? failure.exitCode - 128 : 0;
  const name = SIGNAL_NAMES[signal];
  return name === undefined ? undefined : { signal, name };
}
