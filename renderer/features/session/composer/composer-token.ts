/** The word at the caret that the composer has suggestions for: `@` a file, `/` a command. Pure. */

export interface ComposerToken {
  readonly kind: 'file' | 'command';
  /** The text after the mark, without backslashes. */
  readonly query: string;
  /** The positions of the mark and of the end of the word. */
  readonly start: number;
  readonly end: number;
}

/** Characters that may precede the mark. */
const OPENS = /[\s([{<"'`,;]/;
const SPECIAL = /[\s,;!?()[\]{}<>"'`|\\]/g;

/** Undefined: there are no suggestions at this position. */
export function tokenAt(text: string, caret: number): ComposerToken | undefined {
  if (text.startsWith('/') && !/\s/.test(text.slice(0, caret)) && caret > 0) {
    const end = /\s/.exec(text)?.index ?? text.length;
    return { kind: 'command', query: text.slice(1, caret), start: 0, end };
  }
  const start = markBefore(text, caret);
  if (start === undefined) return undefined;
  return { kind: 'file', query: text.slice(start + 1, caret).replace(/\\(.)/g, '$1'), start, end: wordEnd(text, caret) };
}

/** Goes back over the word: a space after a backslash is part of it. */
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

/** A path in the form used after `@`. */
export function escapePath(path: string): string {
  return path.replace(SPECIAL, '\\$&');
}

/**
 * The text with the word replaced, and the new caret position. A folder stays open for its content; a file and a command are
 * followed by a space.
 */
export function replaceToken(text: string, token: ComposerToken, choice: string): { readonly text: string; readonly caret: number } {
  const word = token.kind === 'file' ? `@${escapePath(choice)}` : `/${choice}`;
  const rest = text.slice(token.end);
  const gap = choice.endsWith('/') ? '' : ' ';
  const before = text.slice(0, token.start) + word + gap;
  return { text: before + (gap === ' ' && rest.startsWith(' ') ? rest.slice(1) : rest), caret: before.length };
}
