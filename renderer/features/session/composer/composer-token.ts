/** The word at the caret that the composer offers something for: `@` a file, `/` a command. Pure. */

export interface ComposerToken {
  readonly kind: 'file' | 'command';
  /** What was typed behind the mark, without backslashes. */
  readonly query: string;
  /** Where the mark stands, and where the word ends. */
  readonly start: number;
  readonly end: number;
}

/** What may stand before the mark. */
const OPENS = /[\s([{<"'`,;]/;
const SPECIAL = /[\s,;!?()[\]{}<>"'`|\\]/g;

/** Undefined: nothing is offered at this place. */
export function tokenAt(text: string, caret: number): ComposerToken | undefined {
  if (text.startsWith('/') && !/\s/.test(text.slice(0, caret)) && caret > 0) {
    const end = /\s/.exec(text)?.index ?? text.length;
    return { kind: 'command', query: text.slice(1, caret), start: 0, end };
  }
  const start = markBefore(text, caret);
  if (start === undefined) return undefined;
  return { kind: 'file', query: text.slice(start + 1, caret).replace(/\\(.)/g, '$1'), start, end: wordEnd(text, caret) };
}

/** Goes back over the word: a space counts as part of it where a backslash stands before it. */
function markBefore(text: string, caret: number): number | undefined {
  for (let at = caret - 1; at >= 0; at -= 1) {
    const character = text[at] ?? '';
    if (/\s/.test(character) && text[at - 1] !== '\\') return undefined;
    const before = text[at - 1];
    if (character === '@' && (before === undefined || OPENS.test(before))) return at;
  }
  return undefined;
}

function wordEnd(text: string, caret: number): number {
  let at = caret;
  while (at < text.length && (!/\s/.test(text[at] ?? '') || text[at - 1] === '\\')) at += 1;
  return at;
}

/** A path as it is written behind `@`. */
export function escapePath(path: string): string {
  return path.replace(SPECIAL, '\\$&');
}

/**
 * The text with the word replaced, and where the caret goes. A folder stays open for what is in it; behind a file and a
 * command stands a space.
 */
export function replaceToken(text: string, token: ComposerToken, choice: string): { readonly text: string; readonly caret: number } {
  const word = token.kind === 'file' ? `@${escapePath(choice)}` : `/${choice}`;
  const rest = text.slice(token.end);
  const gap = choice.endsWith('/') ? '' : ' ';
  const before = text.slice(0, token.start) + word + gap;
  return { text: before + (gap === ' ' && rest.startsWith(' ') ? rest.slice(1) : rest), caret: before.length };
}
