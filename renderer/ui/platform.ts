const IS_MAC = navigator.platform.startsWith('Mac');

/** The "command" modifier of this system, as `KeyboardEvent` names it. */
export const MOD_NAME = IS_MAC ? 'Meta' : 'Ctrl';

/** A chord as this system writes it: `keyLabel('Mod J')` is "Ctrl J", or "⌘ J" on a Mac. */
export function keyLabel(chord: string): string {
  return chord.replace('Mod', IS_MAC ? '⌘' : 'Ctrl').replace('Shift', '⇧');
}

/** True if the "command" modifier of this system is pressed. */
export function hasMod(event: { readonly ctrlKey: boolean; readonly metaKey: boolean }): boolean {
  return IS_MAC ? event.metaKey : event.ctrlKey;
}
