/** Unsent text by session, kept over reloads. A storage that fails costs the draft, never the typing. */
const PREFIX = 'gantry.draft.';

export function readDraft(storage: Storage, key: string): string {
  try {
    return storage.getItem(PREFIX + key) ?? '';
  } catch {
    // Blocked storage: start empty.
    return '';
  }
}

export function writeDraft(storage: Storage, key: string, text: string): void {
  try {
    if (text === '') storage.removeItem(PREFIX + key);
    else storage.setItem(PREFIX + key, text);
  } catch {
    // Full or blocked storage: the draft lives as long as the window.
  }
}
