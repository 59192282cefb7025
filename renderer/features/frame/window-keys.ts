/** The window's own keys, for the key listener and for lists and choices of keys. `key`: as `KeyboardEvent.key`, lower case. */
import type { MessageKey } from '../../i18n.ts';
import { keyLabel, MOD_NAME } from '../../ui/index.ts';

/** The message that describes the key. */
export type KeyAction = Extract<MessageKey, `keys.${string}`>;

/** With Ctrl, on a Mac with Command. */
export const WINDOW_KEYS = [
  { key: 'k', does: 'keys.palette' },
  { key: 'n', does: 'keys.newSession' },
  { key: 'o', does: 'keys.openFolder' },
  { key: ',', does: 'keys.settings' },
  { key: 'j', does: 'keys.tasks' },
  { key: 'l', does: 'keys.composer' },
] as const;
export type WindowKey = (typeof WINDOW_KEYS)[number]['key'];

/** The keys as a list to read: the label and the description of each. */
export const FIXED_KEYS: readonly { readonly label: string; readonly does: KeyAction }[] = [
  ...WINDOW_KEYS.map(({ key, does }) => ({ label: keyLabel(`Mod ${key.toUpperCase()}`), does })),
  { label: keyLabel('Mod Shift F'), does: 'keys.findEverywhere' },
  { label: 'F6', does: 'keys.panes' },
  { label: 'Esc', does: 'keys.interrupt' },
  { label: keyLabel('Shift Esc'), does: 'keys.leaveTerminal' },
];

/** The order of the modifiers is fixed: Ctrl, Alt, Shift, Meta. */
function withMod(key: string): string {
  if (MOD_NAME !== 'Meta') return `${MOD_NAME}+${key}`;
  return key.startsWith('Shift+') ? `Shift+Meta+${key.slice('Shift+'.length)}` : `Meta+${key}`;
}

/** Chords that cannot be assigned to anything else, and their descriptions. */
export const TAKEN_CHORDS: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  ...WINDOW_KEYS.map(({ key, does }) => [withMod(key.toUpperCase()), does] as const),
  [withMod('Shift+F'), 'keys.findEverywhere'],
  ['F6', 'keys.panes'],
  ['Shift+F6', 'keys.panes'],
  ...['Escape', 'Shift+Escape'].map((chord) => [chord, 'keys.interrupt'] as const),
  ...['Tab', 'Shift+Tab', 'Ctrl+Tab', 'Ctrl+Shift+Tab', 'Alt+Tab'].map((chord) => [chord, 'keys.nextField'] as const),
  ...['A', 'C', 'V', 'X', 'Z', 'Y', 'Shift+Z', 'Shift+C', 'Shift+V'].map((key) => [withMod(key), 'keys.editing'] as const),
  ...['T', 'W', 'R', 'Q', 'Shift+T', 'Shift+W', 'Shift+R', 'Shift+I'].map((key) => [withMod(key), 'keys.program'] as const),
  ...['F5', 'F11', 'F12', 'Alt+F4', 'Alt+F', 'Ctrl+F5'].map((chord) => [chord, 'keys.program'] as const),
]);
