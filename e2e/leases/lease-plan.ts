/** The rounds of contention. Pure: the same seed makes the same plan. */
import { seeded } from '../support/restart-plan.ts';

/** The initial state: no lease, or a lease of a process that has ended. */
export type Found = 'free' | 'ended' | 'reused pid' | 'claimed';

export interface LeaseRound {
  readonly index: number;
  readonly found: Found;
  /** A contender that is suspended this long after the start; once all others have answered it is resumed or killed. Unit: us. */
  readonly suspended?: { readonly contender: number; readonly afterUs: number; readonly isKilled: boolean };
}

/** An acquisition takes about this long while ten processes share two cores. */
const ACQUIRING_US = 12_000;
const FOUND: readonly Found[] = ['ended', 'ended', 'ended', 'reused pid', 'claimed', 'free'];

export interface LeasePlan {
  readonly contenders: number;
  readonly rounds: number;
  readonly seed: number;
  /** Share of the rounds in which a contender is suspended; a third of those contenders is killed. */
  readonly suspendedShare: number;
}

export function planLeaseRounds({ contenders, rounds, seed, suspendedShare }: LeasePlan): readonly LeaseRound[] {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: rounds }, (_unused, index) => {
    const found = FOUND[below(FOUND.length)] ?? 'ended';
    if (random() >= suspendedShare) return { index, found };
    return { index, found, suspended: { contender: below(contenders), afterUs: below(ACQUIRING_US), isKilled: below(3) === 0 } };
  });
}
