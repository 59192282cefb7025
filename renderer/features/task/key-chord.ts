/**
 * Keys with their modifiers as text, `Ctrl+Shift+F9`, in the format of the settings. Pure. Letters are upper case; a letter of
 * another script on a Latin key counts as that key, so that the layout does not matter.
 */
import type { KeyChord } from '../../../preload/contract/index.ts';

/** Source: docs/background-tasks.md, "What the user sees": Control+B on every system. */
export const DEFAULT_PROMOTE_KEY: KeyChord = 'Ctrl+B';

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

const MODIFIER_KEYS = new Set(['Control', 'Alt', 'Shift', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process', 'Unidentified']);

/** The pressed chord; undefined while only modifiers are down. */
export function chordOf(press: KeyPress): KeyChord | undefined {
  const key = keyName(press);
  if (key === undefined) return undefined;
  const { ctrlKey, altKey, shiftKey, metaKey } = press;
  return `${ctrlKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shiftKey ? 'Shift+' : ''}${metaKey ? 'Meta+' : ''}${key}`;
}

function keyName({ key, code }: KeyPress): string | undefined {
  if (MODIFIER_KEYS.has(key)) return undefined;
  if (key === ' ') return 'Space';
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // With Alt, or on another layout, `key` is the typed character; `code` is the key itself.
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return letter;
  return /^Digit\d$/.test(code) ? code.slice(5) : key;
}

/** "Ctrl ⇧ F9", as on buttons. */
export function chordLabel(chord: KeyChord): string {
  return partsOf(chord)
    .map((part) => (part === 'Shift' ? '⇧' : part))
    .join(' ');
}

/** "Control Shift F9", for screen readers. */
export function chordSpoken(chord: KeyChord): string {
  return partsOf(chord)
    .map((part) => (part === 'Ctrl' ? 'Control' : part))
    .join(' ');
}

/** Only the last `+` may be the key itself. */
function partsOf(chord: KeyChord): readonly string[] {
  return chord.endsWith('+') ? [...chord.slice(0, -1).split('+').filter(Boolean), '+'] : chord.split('+');
}

export type ChordProblem<Action extends string> =
  /** The key would type text, or moves within the page. */
  | { readonly kind: 'plain' }
  /** The window, or every text field, already uses it. */
  | { readonly kind: 'taken'; readonly by: Action };

/** `taken`: what each chord of the window does, as text. */
export function chordProblem<Action extends string>(
  chord: KeyChord,
  taken: ReadonlyMap<KeyChord, Action>,
): ChordProblem<Action> | undefined {
  const by = taken.get(chord);
  if (by !== undefined) return { kind: 'taken', by };
  const parts = partsOf(chord);
  const modifiers = parts.slice(0, -1);
  const strong = modifiers.some((part) => part !== 'Shift');
  return strong || /^F\d+$/.test(parts.at(-1) ?? '') ? undefined : { kind: 'plain' };
}
