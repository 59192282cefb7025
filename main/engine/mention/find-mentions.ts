/**
 * Finds the files that a prompt names with `@`. Pure. A path ends at white space, a bracket, a quote or punctuation; a backslash
 * before such a character makes it part of the path. An `@` inside a word (an email address) is ignored.
 * Source: docs/formats.md 7.2.
 */

export interface Mention {
  /** The path on disk: without the mark and the backslashes. */
  readonly path: string;
}

const ENDS = /[\s,;!?()[\]{}<>"'`|]/;
/** What may precede the mark: the beginning, white space, or an opening character. */
const OPENS = /[\s([{<"'`,;]/;

/** Each path once, in the order of the text. */
export function findMentions(text: string): readonly Mention[] {
  const paths = new Set<string>();
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const before = text[at - 1];
    if (before !== undefined && !OPENS.test(before)) continue;
    const path = readPath(text, at + 1);
    if (path !== '') paths.add(path);
  }
  return [...paths].map((path) => ({ path }));
}

function readPath(text: string, start: number): string {
  let path = '';
  let isEscaped = false; // a final dot belongs to the sentence unless it is escaped
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    const next = text[at + 1];
    if (character === '\\' && next !== undefined && (ENDS.test(next) || next === '\\' || next === '.')) {
      path += next;
      isEscaped = true;
      at += 1;
    } else if (ENDS.test(character)) break;
    else {
      path += character;
      isEscaped = false;
    }
  }
  return isEscaped ? path : path.replace(/(?<=[^./\\])[.:]+$/, '');
}
