/**
 * The pattern of a monitor, tested on lines of output: a subset of regular expressions in which nothing can backtrack.
 * Grammar: text, `.`, `.*`, `.+`, `[a-z]`, `[^a-z]`, `\d \w \s` and their opposites, `\` before a punctuation mark, `^`, `$`, `|`
 * between alternatives, and `(?i)` at the beginning. All of it means what it means in a regular expression; everything else is
 * refused, because a command can filter its own output with grep.
 * Time: at most the length of the line times the length of the pattern. A general engine was rejected: JavaScript's takes
 * forever on some patterns, and RE2 in JavaScript (re2js 2.10.0) is 262 KB and needs up to 13 s and 250 MB for 64 KB of output.
 */
import { matchTokens, parseClass, type PatternToken } from '../lib/glob-pattern.ts';

export type LinePattern = (line: string) => boolean;

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Returns the problem of the pattern, or undefined. */
export function patternProblem(source: string): string | undefined {
  const parsed = parsePattern(source);
  return parsed.ok ? undefined : parsed.problem;
}

/** Errors: throws for an invalid pattern; check it with `patternProblem` first. */
export function createLinePattern(source: string): LinePattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) throw new Error(parsed.problem);
  const alternatives = parsed.value.map(matchTokens);
  return (line) => {
    const characters = [...line];
    return alternatives.some((matches) => matches(characters));
  };
}

const ANY: PatternToken = { kind: 'one', accepts: () => true };
const MANY: PatternToken = { kind: 'many' };
const IGNORE_CASE = '(?i)';
const CLASSES: Readonly<Record<string, (character: string) => boolean>> = {
  d: (character) => /\d/.test(character),
  D: (character) => /\D/.test(character),
  w: (character) => /\w/.test(character),
  W: (character) => /\W/.test(character),
  s: (character) => /\s/.test(character),
  S: (character) => /\S/.test(character),
};

function parsePattern(source: string): Parsed<readonly (readonly PatternToken[])[]> {
  const ignoresCase = source.startsWith(IGNORE_CASE);
  const characters = [...(ignoresCase ? source.slice(IGNORE_CASE.length) : source)];
  const isEnd = (at: number) => at >= characters.length || characters[at] === '|';
  const alternatives: (readonly PatternToken[])[] = [];
  for (let at = 0; at <= characters.length; at += 1) {
    const tokens: PatternToken[] = [];
    if (characters[at] === '^') at += 1;
    else tokens.push(MANY);
    for (; !isEnd(at) && !(characters[at] === '$' && isEnd(at + 1)); at += 1) {
      const piece = parsePiece(characters, at);
      if (!piece.ok) return piece;
      tokens.push(...piece.value.tokens.map((token) => (ignoresCase ? withoutCase(token) : token)));
      at = piece.value.lastAt;
    }
    if (characters[at] === '$') at += 1;
    else tokens.push(MANY);
    alternatives.push(tokens);
  }
  return { ok: true, value: alternatives };
}

/** `lastAt`: the position of the last character of the piece. */
type Piece = { readonly tokens: readonly PatternToken[]; readonly lastAt: number };

function parsePiece(characters: readonly string[], at: number): Parsed<Piece> {
  const character = characters[at] ?? '';
  const next = characters[at + 1] ?? '';
  const piece = (lastAt: number, ...tokens: PatternToken[]): Parsed<Piece> => ({ ok: true, value: { tokens, lastAt } });
  const one = (accepts: (found: string) => boolean): PatternToken => ({ kind: 'one', accepts });
  if (character === '.') {
    if (next === '*') return piece(at + 1, MANY);
    return next === '+' ? piece(at + 1, ANY, MANY) : piece(at, ANY);
  }
  if (character === '\\') {
    const known = CLASSES[next];
    if (known !== undefined) return piece(at + 1, one(known));
    return /^[\p{L}\p{N}]?$/u.test(next)
      ? refuse(`\\${next}`)
      : piece(
          at + 1,
          one((found) => found === next),
        );
  }
  if (character === '[') {
    const set = parseClass(characters, at, '^');
    if (set === undefined || characters.slice(at, set.end).includes('\\')) return refuse(set === undefined ? '[' : '\\ in [ ]');
    return piece(set.end, one(set.accepts));
  }
  return '(){}*+?^$'.includes(character)
    ? refuse(character)
    : piece(
        at,
        one((found) => found === character),
      );
}

function withoutCase(token: PatternToken): PatternToken {
  if (token.kind === 'many') return token;
  return { kind: 'one', accepts: (found) => token.accepts(found.toLowerCase()) || token.accepts(found.toUpperCase()) };
}

function refuse(what: string): { readonly ok: false; readonly problem: string } {
  return {
    ok: false,
    problem: `${what} is not supported here. Supported: text, . .* .+ [a-z] \\d \\w \\s ^ $, | between alternatives, (?i) at the beginning, and \\ before any other mark. For more, filter in the command with grep --line-buffered -E.`,
  };
}
