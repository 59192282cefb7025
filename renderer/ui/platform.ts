const IS_MAC = navigator.platform.startsWith('Mac');

/** The modifier that means "command" on this system, as `KeyboardEvent` calls it. */
export const MOD_NAME = IS_MAC ? 'Meta' : 'Ctrl';

/** A chord as this system writes it: `keyLabel('Mod J')` is "Ctrl J", or "⌘ J" on a Mac. */
export function keyLabel(chord: string): string {
  return chord.replace('Mod', IS_MAC ? '⌘' : 'Ctrl').replace('Shift', '⇧');
}

/** Whether the key that means "command" on this system is down. */
export function hasMod(event: { readonly ctrlKey: boolean; readonly metaKey: boolean }): boolean {
  return IS_MAC ? event.metaKey : event.ctrlKey;
}
