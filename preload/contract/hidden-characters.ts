/**
 * Characters that are invisible or reorder the text around them, so that a text can look like another one. Pure.
 *
 * Control and format characters, those that Unicode says to ignore by default, line and paragraph separators, spaces other than
 * U+0020, the blank braille pattern, and halves of surrogate pairs. A line feed and a tab are ordinary here.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{DI}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/gu;
const ORDINARY = new Set(['\n', '\t']);

/** `code`: for example `U+202E`; absent for ordinary text. */
export interface TextPiece {
  readonly start: number;
  readonly text: string;
  readonly code?: string;
}

export function hasHiddenCharacters(text: string): boolean {
  return splitHidden(text).some(({ code }) => code !== undefined);
}

/** The pieces together are the text. Each hidden character is a piece of its own. */
export function splitHidden(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (ORDINARY.has(character)) continue;
    if (index > end) pieces.push({ start: end, text: text.slice(end, index) });
    pieces.push({ start: index, text: character, code: codeOf(character) });
    end = index + character.length;
  }
  if (end < text.length) pieces.push({ start: end, text: text.slice(end) });
  return pieces;
}

/** The text with each hidden character written as its code, for a place that takes only text: a tooltip, a label. */
export function spellHidden(text: string): string {
  return splitHidden(text)
    .map((piece) => (piece.code === undefined ? piece.text : `[${piece.code}]`))
    .join('');
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A command as one line of at most `maxChars` UTF-16 code units, for dialogs and notifications of the system and the browser. */
export function shownCommand(command: string, maxChars: number): string {
  const line = spellHidden(command.replaceAll(/[ \t\r\n]+/g, ' ').trim());
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}
