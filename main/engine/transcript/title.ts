/** The title of a session without a name: the first line of its first prompt, or a placeholder. Pure. */

const MAX_TITLE_CHARS = 200;

/** The title in the list for a session without a name: the first line of its first prompt. */
export function titleFromPrompt(text: string): string {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .find((part) => part !== '');
  return (line ?? '').slice(0, MAX_TITLE_CHARS);
}

export const UNTITLED = 'New session';
