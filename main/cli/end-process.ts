import type { Writable } from 'node:stream';

/** An exit code, or the signal that ended the run. */
export type ProcessEnd = number | NodeJS.Signals;

/** A signal that ends nothing (blocked by the parent) must not leave the process hanging. Unit: ms. */
const SIGNAL_LIMIT_MS = 1000;
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Ends the process once its output is written. A signal is raised again, so that a shell sees 128 + its number and a
 * parent the signal itself. Exits outright: an idle connection must not keep a finished run alive.
 */
export async function endProcess(end: ProcessEnd): Promise<void> {
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  if (typeof end === 'number') process.exit(end);
  process.removeAllListeners(end);
  process.kill(process.pid, end);
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_LIMIT_MS));
  process.exit(128 + (SIGNAL_NUMBERS[end] ?? 0));
}

function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) return resolve();
    stream.once('error', () => resolve()); // its reader has exited
    stream.write('', () => resolve());
  });
}
