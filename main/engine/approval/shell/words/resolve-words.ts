/**
 * The words of a simple command as the program will receive them: braces, `~` and patterns are expanded here, so that the shell
 * has nothing left to expand. A word that only the shell can know is refused, with one exception: whole variables, which
 * programs that only print their words may receive.
 */
import { isAbsolute } from 'node:path';
import { expandBraces } from './expand-braces.ts';
import { isPattern, matchFiles, type PatternPlace } from './file-pattern.ts';
import { quoteWord } from '../../../lib/quote-word.ts';
import { isHarmlessVariable, type ShellWord } from './shell-word.ts';
import { isBare, textOf, toUnits, type WordUnit } from './word-units.ts';

export interface FinalWord {
  readonly text: string;
  /** The notation for the shell. */
  readonly notation: string;
  /** Its text comes from the names on the disk. */
  readonly isMatched: boolean;
  /** The text contains the notation of a variable. */
  readonly hasVariable: boolean;
  /** The word in the command. */
  readonly at: ShellWord;
}

export interface WordPlace extends PatternPlace {
  readonly home: string | undefined;
  readonly source: string;
}

/** `folders`: the folders whose names patterns were matched against, as the command names them. */
export type ResolvedWords =
  | { readonly ok: true; readonly words: readonly FinalWord[]; readonly folders: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly at: ShellWord };

export async function resolveWords(words: readonly ShellWord[], place: WordPlace): Promise<ResolvedWords> {
  const found: FinalWord[] = [];
  const folders: string[] = [];
  for (const word of words) {
    const resolved = await resolveWord(word, place);
    if (!resolved.ok) return resolved;
    found.push(...resolved.words);
    folders.push(...resolved.folders);
  }
  return { ok: true, words: found, folders };
}

export async function resolveWord(word: ShellWord, place: WordPlace): Promise<ResolvedWords> {
  const refuse = (why: string) => ({ ok: false, why, at: word }) as const;
  if (word.unknown !== 'none' && word.unknown !== 'variable' && word.unknown !== 'brace') return refuse(UNKNOWN[word.unknown]);
  const raw = place.source.slice(word.start, word.end);
  const expanded = expandBraces(toUnits(raw));
  if (expanded === undefined) return refuse(UNKNOWN.brace);
  const words: FinalWord[] = [];
  const folders: string[] = [];
  for (const units of expanded) {
    if (units.length === 0 && !/["']/.test(raw)) continue;
    const placed = expandTilde(units, place.home);
    if (placed === undefined) return refuse('the home folder of this name is not known');
    const hasVariable = placed.some((unit) => unit.variable !== undefined);
    if (placed.some(({ variable }) => variable !== undefined && !isHarmlessVariable(variable))) return refuse(UNKNOWN.environment);
    if (!isPattern(placed)) {
      words.push(toFinal(placed, word, hasVariable));
      continue;
    }
    if (hasVariable) return refuse('the value of the variable is part of a pattern');
    const matches = await matchFiles(placed, place);
    if (!matches.ok) return refuse(matches.why);
    folders.push(...matches.folders);
    if (matches.names.length === 0) words.push(toFinal(placed, word, false));
    else words.push(...matches.names.map((text) => ({ text, notation: quoteWord(text), isMatched: true, hasVariable: false, at: word })));
  }
  return { ok: true, words, folders };
}

/** A word in a place where the shell expands neither braces nor patterns: a value, a here-string, the target of a redirection. */
export function toLiteral(
  word: ShellWord,
  { source }: Pick<WordPlace, 'source'>,
): { readonly ok: true; readonly notation: string } | { readonly ok: false; readonly why: string; readonly at: ShellWord } {
  if (word.unknown !== 'none' && word.unknown !== 'variable' && word.unknown !== 'brace')
    return { ok: false, why: UNKNOWN[word.unknown], at: word };
  const units = toUnits(source.slice(word.start, word.end));
  if (units.some((unit) => isBare(unit, '~'))) return { ok: false, why: 'the shell computes this text', at: word };
  if (units.some(({ variable }) => variable !== undefined && !isHarmlessVariable(variable)))
    return { ok: false, why: UNKNOWN.environment, at: word };
  return { ok: true, notation: notationOf(units) };
}

function toFinal(units: readonly WordUnit[], at: ShellWord, hasVariable: boolean): FinalWord {
  return { text: textOf(units), notation: notationOf(units), isMatched: false, hasVariable, at };
}

/** Variables are quoted as well, so that their values are neither split nor expanded. */
function notationOf(units: readonly WordUnit[]): string {
  let notation = '';
  let text = '';
  for (const unit of units) {
    if (unit.variable === undefined) text += unit.text;
    else {
      notation += `${text === '' ? '' : quoteWord(text)}"\${${unit.variable}}"`;
      text = '';
    }
  }
  return text === '' && notation !== '' ? notation : notation + quoteWord(text);
}

/** Undefined: the home folder of another user, or `~+` and `~-`. */
function expandTilde(units: readonly WordUnit[], home: string | undefined): readonly WordUnit[] | undefined {
  const text = textOf(units);
  // Some shells expand this as an assignment.
  if (units.some((unit) => isBare(unit, '~')) && /^[A-Za-z_]\w*=/.test(text)) return undefined;
  if (!isBare(units[0], '~')) return units;
  const slash = units.findIndex((unit) => unit.text === '/');
  const prefix = slash === -1 ? units : units.slice(0, slash);
  if (prefix.length > 1 || home === undefined || !isAbsolute(home)) return undefined;
  return [...[...home].map((each) => ({ text: each, isQuoted: true })), ...units.slice(prefix.length)];
}

const UNKNOWN: Readonly<Record<ShellWord['unknown'], string>> = {
  none: 'not understood',
  misread: 'not understood',
  variable: 'the value of the variable is not known',
  environment: 'this variable may hold a secret, and the model would read it',
  brace: 'braces expand this word to several words',
  expansion: 'the shell computes this text',
  encoded: 'the text is written in codes',
  substitution: 'runs a command to make this text',
};

export function unknownReason(unknown: ShellWord['unknown']): string {
  return UNKNOWN[unknown];
}
