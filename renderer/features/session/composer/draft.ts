/** Unsent text for each session, kept across reloads. If storage fails, only the draft is lost. */
const PREFIX = 'gantry.draft.';

export function readDraft(storage: Storage, key: string): string {
  try {
    return storage.getItem(PREFIX + key) ?? '';
  } catch {
    // Blocked storage: start with an empty draft.
    return '';
  }
}

export function writeDraft(storage: Storage, key: string, text: string): void {
  try {
    if (text === '') storage.removeItem(PREFIX + key);
    else storage.setItem(PREFIX + key, text);
  } catch {
    // Full or blocked storage: the draft lasts as long as the window.
  }
}
