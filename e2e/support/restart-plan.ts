/** The planned restarts. Pure: the same seed makes the same plan. */

/** How the app ends: a kill that it cannot notice, a request, or a kill that includes the pty host. */
export type Ending = 'SIGKILL' | 'SIGTERM' | 'SIGKILL of both';
export type Kind = keyof typeof COMMANDS;

export interface Restart {
  readonly index: number;
  readonly ending: Ending;
  readonly kinds: readonly Kind[];
  /** From the moment that all commands run to the end of the app. */
  readonly afterMs: number;
}

const loop = 'while :; do sleep 0.2; done';
/** In the background unless it says foreground. Every process that could be left has the mark on its command line. */
export const COMMANDS = {
  obeying: (mark: string) => `: ${mark}; while :; do echo working; sleep 0.1; done`,
  stubborn: (mark: string) => `: ${mark}; trap '' HUP TERM INT; ${loop}`,
  'with children': (mark: string) => `: ${mark}; bash -c ': ${mark}; trap "" HUP TERM; ${loop}' & bash -c ': ${mark}; ${loop}' & ${loop}`,
  setsid: (mark: string) => `: ${mark}; setsid bash -c ': ${escapedMark(mark)}; trap "" HUP; ${loop}' & ${loop}`,
  'stubborn setsid': (mark: string) => `: ${mark}; setsid bash -c ': ${escapedMark(mark)}; trap "" HUP TERM INT; ${loop}' & ${loop}`,
  short: (mark: string) => `: ${mark}; echo over`,
  foreground: (mark: string) => `: ${mark}; trap '' HUP TERM; ${loop}`,
} as const;

/** On the command line of a process that leaves the group and the session. */
export function escapedMark(mark: string): string {
  return `${mark}-escaped`;
}

const ENDINGS: readonly Ending[] = ['SIGKILL', 'SIGTERM', 'SIGKILL of both'];
const MAX_AFTER_MS = 400;

/** A third of each ending; the first six have every kind with every ending. */
export function planRestarts(count: number, seed: number): readonly Restart[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_unused, index) => {
    const escaping = index % 2 === 0 ? 'setsid' : 'stubborn setsid';
    const chance = (kind: Kind, likely: number): Kind[] => (random() < likely ? [kind] : []);
    const kinds: Kind[] = ['obeying', 'stubborn', 'with children', 'short'];
    kinds.push(...chance('obeying', 0.5), ...chance('stubborn', 0.5), ...chance(escaping, index < 6 ? 1 : 0.7));
    kinds.push(...chance('foreground', 0.5)); // the last: anything after it in a turn waits for it
    return { index, ending: ENDINGS[index % ENDINGS.length] ?? 'SIGKILL', kinds, afterMs: Math.floor(random() * MAX_AFTER_MS) };
  });
}

/** Mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
