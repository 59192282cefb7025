/** How words of a command that asks become paths, for rules and protected files. Pure. */
import type { ShellWord } from './words/shell-word.ts';

/**
 * `list`: names and sizes, not contents. `recursive`: everything below it as well; with `pattern` only the matches below the
 * folder that `word` names.
 */
export interface ShellAccess {
  readonly word: string;
  readonly tilde: boolean;
  readonly kind: 'list' | 'read' | 'write';
  readonly recursive: boolean;
  readonly pattern?: string;
}

/** A name pattern may match anything in its folder. */
export function toAccess(word: ShellWord, kind: ShellAccess['kind'], recursive = false): ShellAccess {
  if (word.glob === 'none') return { word: word.text, tilde: word.tilde, kind, recursive };
  const glob = word.text.search(/[*?[]/);
  // After a match, `..` may lead anywhere; and in many shells `.*` matches it.
  const [, upTo = ''] = /^(.*\/)?[^/]*$/.exec(word.text.slice(0, glob)) ?? [];
  const matched = word.text.slice(upTo.length);
  if (/(^|\/)\.[.*?]*[*?][.*?]*(\/|$)|\/\.\.(\/|$)/.test(matched)) return { word: '/', tilde: false, kind, recursive: true };
  const fixed = word.text.slice(0, glob);
  const folder = fixed.includes('/') ? fixed.slice(0, fixed.lastIndexOf('/') + 1) : './';
  const pattern = fixed.includes('/') ? word.text.slice(folder.length) : word.text;
  // Pattern syntax that is not analysed here, and recursive access, count with everything in the folder.
  const isPlain = !recursive && !/[[\]\\]|\*\*|\/\/|(^|\/)\.(\/|$)/.test(pattern);
  return { word: folder, tilde: word.tilde, kind, recursive: true, ...(isPlain ? { pattern } : {}) };
}
