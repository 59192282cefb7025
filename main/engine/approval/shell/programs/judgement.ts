/** The verdict on the final words of one simple command. Pure. */
import type { FinalWord } from '../words/resolve-words.ts';
import { quoteWord } from '../../../lib/quote-word.ts';
import type { ShellWord } from '../words/shell-word.ts';

/** A file as the command names it. `list`: names and sizes, not contents. `recursive`: everything below it as well. */
export interface FileUse {
  readonly word: string;
  readonly kind: 'list' | 'read';
  readonly recursive: boolean;
}

/** What the shell receives: a program, to be replaced by its absolute path, or a notation. */
export type Token = { readonly program: string } | { readonly notation: string };

/**
 * `uses`: what must be looked at before it runs; `git-files`: git will print contents of files, not only of commits. `why` is a
 * clause: "find -delete removes files". `at`: the word that it concerns.
 */
export type Judgement =
  | {
      readonly ok: true;
      readonly tokens: readonly Token[];
      readonly files: readonly FileUse[];
      readonly uses?: 'git' | 'git-files' | 'npm';
    }
  | { readonly ok: false; readonly why: string; readonly at?: ShellWord };

/** `exists`: whether the word names a file in the folder of the command. `hasWall`: it will run behind a wall. */
export interface JudgeContext {
  readonly platform: NodeJS.Platform;
  readonly hasWall: boolean;
  readonly exists: (word: string) => Promise<boolean>;
}

/** `words` has the name of the program first. */
export type Judge = (words: readonly FinalWord[], context: JudgeContext) => Judgement | Promise<Judgement>;

export function refuse(why: string, word?: FinalWord): Judgement {
  return word === undefined ? { ok: false, why } : { ok: false, why, at: word.at };
}

/** For a program, or a form of it, that may run without a question only behind a wall. */
export function refuseWithoutWall(what: string, word?: FinalWord): Judgement {
  return refuse(`${what} runs without a question only in a sandbox, and this system has none (see gantry doctor)`, word);
}

export const quoted = (text: string): Token => ({ notation: quoteWord(text) });

/** Variables are allowed only where any text is harmless. */
export function findVariable(words: readonly FinalWord[]): Judgement | undefined {
  const found = words.find((word) => word.hasVariable);
  return found === undefined ? undefined : refuse('the value of the variable is not known', found);
}

export function toFile(word: string, kind: FileUse['kind'], recursive = false): FileUse {
  return { word, kind, recursive };
}
