/** Whether a list follows its end. Pure. Units: px. */
export interface Scrolled {
  /** From the bottom of the view to the end of the list. */
  readonly distance: number;
  /** How far the reader moved the view since the last look; negative is up. */
  readonly moved: number;
}

/** Rounding of fractional positions, not a wish to be elsewhere. */
const AT_END = 2;
/** Coming down to within this is coming to the end. */
const NEAR_END = 40;

/**
 * The end holds whoever reaches it, and lets go at the first move up, however small: otherwise a stream would pull back a
 * reader who turns the wheel gently. A list that merely grew has not moved, and changes nothing.
 */
export function staysAtEnd(before: boolean, { distance, moved }: Scrolled): boolean {
  if (distance <= AT_END) return true;
  if (moved < 0) return false;
  return before || (moved > 0 && distance <= NEAR_END);
}
