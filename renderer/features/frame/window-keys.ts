/** The window's own keys, for the listener and for those who show or choose keys. `key`: as `KeyboardEvent.key`, lower case. */
import { strings } from '../../strings.ts';
import { keyLabel, MOD_NAME } from '../../ui/index.ts';

const text = strings.keys;

/** With Ctrl, on a Mac with Command. */
export const WINDOW_KEYS = [
  { key: 'k', does: text.palette },
  { key: 'n', does: text.newSession },
  { key: 'o', does: text.openFolder },
  { key: ',', does: text.settings },
  { key: 'j', does: text.tasks },
  { key: 'l', does: text.composer },
] as const;
export type WindowKey = (typeof WINDOW_KEYS)[number]['key'];

/** What each is for, as a list to read: the label of the key, and what it does. */
export const FIXED_KEYS: readonly { readonly label: string; readonly does: string }[] = [
  ...WINDOW_KEYS.map(({ key, does }) => ({ label: keyLabel(`Mod ${key.toUpperCase()}`), does })),
  { label: keyLabel('Mod Shift F'), does: text.findEverywhere },
  { label: 'F6', does: text.panes },
  { label: 'Esc', does: text.interrupt },
  { label: keyLabel('Shift Esc'), does: text.leaveTerminal },
];

/** Modifiers stand in a fixed order: Ctrl, Alt, Shift, Meta. */
function withMod(key: string): string {
  if (MOD_NAME !== 'Meta') return `${MOD_NAME}+${key}`;
  return key.startsWith('Shift+') ? `Shift+Meta+${key.slice('Shift+'.length)}` : `Meta+${key}`;
}

/** Chords that cannot be given to anything else, and what is on them. */
export const TAKEN_CHORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...WINDOW_KEYS.map(({ key, does }) => [withMod(key.toUpperCase()), does] as const),
  [withMod('Shift+F'), text.findEverywhere],
  ['F6', text.panes],
  ['Shift+F6', text.panes],
  ...['Escape', 'Shift+Escape'].map((chord) => [chord, text.interrupt] as const),
  ...['Tab', 'Shift+Tab', 'Ctrl+Tab', 'Ctrl+Shift+Tab', 'Alt+Tab'].map((chord) => [chord, text.nextField] as const),
  ...['A', 'C', 'V', 'X', 'Z', 'Y', 'Shift+Z', 'Shift+C', 'Shift+V'].map((key) => [withMod(key), text.editing] as const),
  ...['T', 'W', 'R', 'Q', 'Shift+T', 'Shift+W', 'Shift+R', 'Shift+I'].map((key) => [withMod(key), text.program] as const),
  ...['F5', 'F11', 'F12', 'Alt+F4', 'Alt+F', 'Ctrl+F5'].map((chord) => [chord, text.program] as const),
]);
