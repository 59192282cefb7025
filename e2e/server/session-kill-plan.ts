/** The planned kills. Pure: the same seed makes the same plan. */
import { seeded } from '../support/restart-plan.ts';

export interface SessionKill {
  readonly index: number;
  readonly host: 'cli' | 'server';
  /** What the delay is counted from: the start of the process, or its first request to the model. */
  readonly from: 'start' | 'request';
  readonly afterMs: number;
}

/** A run answers, reads, writes and runs commands for about this long. */
const WORKING_MS = 2500;
const STARTING_MS = 1200;

/** Alternates between the hosts; a fifth of the kills occurs while the process still starts. */
export function planSessionKills(count: number, seed: number): readonly SessionKill[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_unused, index) => {
    const from = index % 5 === 4 ? 'start' : 'request';
    return {
      index,
      host: index % 2 === 0 ? 'cli' : 'server',
      from,
      afterMs: Math.floor(random() * (from === 'start' ? STARTING_MS : WORKING_MS)),
    };
  });
}
