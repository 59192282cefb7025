/** The process to start, and when to promote it. Units: ms. */
export interface Trial {
  readonly index: number;
  readonly lifeMs: number;
  /** Numbered lines with a multibyte tail, split inside a character at every write. */
  readonly split: boolean;
  readonly kind: TrialKind;
  /** `exit:0`, `exit:3`, `signal:9`, `signal:15`. */
  readonly ending: string;
  /** Counted from the start of the process, or from its planned end. */
  readonly promote: { readonly from: 'start' | 'end'; readonly ms: number };
  /** A second viewer that parses nothing until the process has ended. */
  readonly hasLaggingViewer: boolean;
}

/**
 * How the process uses its terminal: prints until it ends; prints nothing; closes it halfway; prints, and leaves a child behind
 * that keeps it open.
 */
export type TrialKind = 'prints' | 'silent' | 'closes' | 'leaves';

const KINDS: readonly TrialKind[] = ['prints', 'closes', 'prints', 'silent', 'leaves'];

/** A small seeded generator (mulberry32), so that a failed run can be repeated. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `uniform` times over the lifetime, then `early` in the first 20 ms, then `late` within 5 ms of the exit. */
export function planTrials(counts: { uniform: number; early: number; late: number }, seed: number): readonly Trial[] {
  const random = createRandom(seed);
  const total = counts.uniform + counts.early + counts.late;
  return Array.from({ length: total }, (_unused, index) => {
    const lifeMs = Math.round(50 + random() * 2950);
    const endings = ['exit:0', 'exit:3', random() < 0.5 ? 'signal:9' : 'signal:15'];
    return {
      index,
      lifeMs,
      split: index % 3 === 1,
      kind: KINDS[index % KINDS.length] ?? 'prints',
      ending: endings[Math.floor(index / 3) % 3] ?? 'exit:0',
      promote: momentOf(index, counts, lifeMs, random()),
      hasLaggingViewer: index % 10 === 0,
    };
  });
}

function momentOf(index: number, counts: { uniform: number; early: number }, lifeMs: number, random: number): Trial['promote'] {
  if (index < counts.uniform) return { from: 'start', ms: random * lifeMs };
  if (index < counts.uniform + counts.early) return { from: 'start', ms: random * 20 };
  return { from: 'end', ms: random * 10 - 5 };
}
