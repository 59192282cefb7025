import type { SurvivorSummary } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';

/** A few commands on one terminal line. Units: UTF-16 code units, commands. */
const COMMAND_CHARS = 60;
const MAX_NAMED = 3;

/** One line when commands of an earlier run are still alive; no user is present to ask, so nothing is stopped. Never rejects. */
export async function tellSurvivors(engine: Engine, say: (line: string) => void): Promise<void> {
  try {
    const line = survivorsLine(await engine.survivors.list());
    if (line !== undefined) say(line);
  } catch {
    // If the system does not report them, the run continues.
  }
}

/** Pure; undefined if there are none. */
export function survivorsLine(survivors: readonly SurvivorSummary[]): string | undefined {
  const pids = survivors.flatMap(({ processes }) => processes.map(({ pid }) => pid));
  if (pids.length === 0) return undefined;
  const named = survivors
    .slice(0, MAX_NAMED)
    .map(({ command, processes }) => shorten(command === '' ? (processes[0]?.name ?? '') : command));
  const more = survivors.length > MAX_NAMED ? ` and ${survivors.length - MAX_NAMED} more` : '';
  const subject = survivors.length === 1 ? 'A command of an earlier run is' : `${survivors.length} commands of earlier runs are`;
  return `${subject} still running: ${named.join('; ')}${more}. End with: kill ${pids.join(' ')}`;
}

function shorten(command: string): string {
  const line = command.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '');
  return line.length > COMMAND_CHARS ? `${line.slice(0, COMMAND_CHARS)}...` : line;
}
