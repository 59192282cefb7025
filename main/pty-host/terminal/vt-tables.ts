/** States, bytes and sequences that the scanner of terminal output (vt-scanner.ts) distinguishes. */

/** The terminal queries that are answered. */
export type VtQuery = 'primary_attributes' | 'secondary_attributes' | 'status' | 'cursor' | 'private_cursor' | 'foreground' | 'background';

export const GROUND = 0;
export const ESCAPE = 1;
export const ESCAPE_INTERMEDIATE = 2;
export const CSI = 3;
export const OSC_ID = 4;
export const OSC_BODY = 5;
export const DCS = 6;
export const IGNORED_STRING = 7;

export const NUL = 0x00;
export const CAN = 0x18;

/** Does not leave the ground state. */
export function isGroundByte(b: number): boolean {
  return b < 0x80 && b !== 0x1b;
}

/** OSC 4, 5 and 10 to 19 may set colours; with `?` they are queries and are removed. */
export function asksForColor(id: number): boolean {
  return id === 4 || id === 5 || (id >= 10 && id <= 19);
}

/** Queries that need no answer: device id, mode and version requests, window reports, keyboard protocol. */
export function isSilentQuery(final: number, intermediate: number, marker: number, param: number): boolean {
  if (final === 0x70) return intermediate === 0x24; // DECRQM
  if (final === 0x71) return marker === 0x3e; // XTVERSION
  if (final === 0x75) return marker === 0x3f; // kitty keyboard
  if (final === 0x74) return marker === 0 && param >= 11 && param <= 21; // window and title reports
  return false;
}
