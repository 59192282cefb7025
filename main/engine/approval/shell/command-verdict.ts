/** The verdict on one simple command, and how words become paths. Pure. */
import type { ShellWord } from './shell-word.ts';
import { defined } from '../../../../preload/contract/index.ts';

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

/** `why` is a clause: "find -delete removes files". `at`: the word that it concerns. */
export type CommandVerdict =
  | { readonly ok: true; readonly accesses: readonly ShellAccess[]; readonly usesGit?: true }
  | { readonly ok: false; readonly why: string; readonly at?: ShellWord };

export type CommandClassifier = (words: readonly ShellWord[]) => CommandVerdict;

export const READ_NOTHING: CommandVerdict = { ok: true, accesses: [] };

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

export function unknownWord(word: ShellWord): CommandVerdict {
  const why: Record<ShellWord['unknown'], string> = {
    none: 'not understood',
    misread: 'not understood',
    variable: 'the value of the variable is not known',
    environment: 'this variable may hold a secret, and the model would read it',
    brace: 'braces expand this word to several words',
    expansion: 'the shell computes this text',
    encoded: 'the text is written in codes',
    substitution: 'runs a command to make this text',
  };
  return { ok: false, why: why[word.unknown], at: word };
}

/** GNU programs take `--outp=x` for `--output=x`. */
export function isAbbreviation(option: string, long: string): boolean {
  const name = option.slice(2).split('=')[0] ?? '';
  return name !== '' && (long.startsWith(name) || name.startsWith(long));
}

/** `--file=/etc/x`, `-f/etc/x`: any text in an option that looks like a path elsewhere is treated as one. */
export function pathInOption({ text }: ShellWord): readonly ShellAccess[] {
  if (text.startsWith('--') && !text.includes('=')) return [];
  const value = text.startsWith('--') ? text.slice(text.indexOf('=') + 1) : text.startsWith('-') ? text.slice(2) : text;
  return pathIn(value);
}

export function pathIn(value: string): readonly ShellAccess[] {
  return /[/~.]/.test(value) ? [{ word: value, tilde: value.startsWith('~'), kind: 'read', recursive: false }] : [];
}

export function refuse(why: string, at: ShellWord | undefined): CommandVerdict {
  return { ok: false, why, ...defined({ at }) };
}
