/** Whether a list follows its end. Pure. Units: px. */
export interface Scrolled {
  /** From the bottom of the view to the end of the list. */
  readonly distance: number;
  /** How far the reader has scrolled since the last look; negative is up. */
  readonly moved: number;
}

/** Rounding of fractional positions, not a scroll by the reader. */
const AT_END = 2;
/** Scrolling down to within this distance counts as reaching the end. */
const NEAR_END = 40;

/**
 * A reader who reaches the end follows it until the first scroll up, however small: otherwise a stream would pull back a reader
 * who turns the wheel slowly. A list that only grew has not moved, and changes nothing.
 */
export function staysAtEnd(before: boolean, { distance, moved }: Scrolled): boolean {
  if (distance <= AT_END) return true;
  if (moved < 0) return false;
  return before || (moved > 0 && distance <= NEAR_END);
}
