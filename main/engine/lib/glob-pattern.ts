/**
 * Matches glob patterns against paths with `/`, in bounded time: patterns come from a model and names from a repository, and a
 * regular expression with many stars can be made to backtrack for hours.
 * Grammar: `*` and `?` within a name, `**` for any number of folders, `[a-z]` and `[!a-z]`, `{a,b}`, `\` before a literal. A
 * pattern without a slash applies to the last name at any depth, as in .gitignore. A leading dot needs no special pattern.
 */

/** Braces multiply: beyond this number they are not expanded, and match nothing real. */
const MAX_EXPANDED = 256;

/** Returns whether a relative path matches. An invalid class is taken as literal characters. */
export function compileGlob(pattern: string): (path: string) => boolean {
  const alternatives = expandBraces(pattern).map(compileOne);
  return (path) => {
    const names = path.split('/');
    return alternatives.some((matches) => matches(names));
  };
}

/** `a{b,c}` becomes `ab` and `ac`; nested braces are expanded from the first on. */
export function expandBraces(pattern: string): readonly string[] {
  let done: string[] = [];
  let open = [pattern];
  while (open.length > 0 && done.length + open.length <= MAX_EXPANDED) {
    const next: string[] = [];
    for (const item of open) {
      const brace = firstBrace(item);
      if (brace === undefined) done = [...done, item];
      else next.push(...brace.choices.map((choice) => item.slice(0, brace.start) + choice + item.slice(brace.end)));
    }
    open = next;
  }
  return [...done, ...open];
}

function firstBrace(text: string): { start: number; end: number; choices: readonly string[] } | undefined {
  for (let start = 0; start < text.length; start += 1) {
    if (text[start] === '\\') start += 1;
    else if (text[start] === '{') {
      const brace = braceAt(text, start);
      if (brace !== undefined) return brace;
    }
  }
  return undefined;
}

/** A brace without a comma or without an end is literal. */
function braceAt(text: string, start: number): { start: number; end: number; choices: readonly string[] } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      choices.push(text.slice(from, at));
      from = at + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) return choices.length === 0 ? undefined : { start, end: at + 1, choices: [...choices, text.slice(from, at)] };
    }
  }
  return undefined;
}

type NameMatcher = (name: string) => boolean;

function compileOne(pattern: string): (names: readonly string[]) => boolean {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern; // a folder means its content
  const parts = whole.split('/').filter((part) => part !== '.' && part !== '');
  const anyDepth = parts.length === 1 && !pattern.startsWith('/') && !pattern.startsWith('./');
  const matchers = (anyDepth ? ['**', ...parts] : parts).map((part) => (part === '**' ? '**' : compileName(part)));
  return (names) =>
    matchGreedy(
      names,
      matchers,
      (matcher) => matcher === '**',
      (matcher, name) => matcher !== '**' && matcher(name),
    );
}

/** a bracket in the first position is a member */
export type PatternToken = { readonly kind: 'many' } | { readonly kind: 'one'; readonly accepts: (character: string) => boolean };

function compileName(pattern: string): NameMatcher {
  const tokens: PatternToken[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const set = character === '[' ? parseClass(characters, at, '!^') : undefined;
    if (character === '*') tokens.push({ kind: 'many' });
    else if (character === '?') tokens.push({ kind: 'one', accepts: () => true });
    else if (set !== undefined) {
      tokens.push({ kind: 'one', accepts: set.accepts });
      at = set.end;
    } else {
      if (character === '\\' && at + 1 < characters.length) at += 1;
      const literal = characters[at] ?? '';
      tokens.push({ kind: 'one', accepts: (found) => found === literal });
    }
  }
  const matches = matchTokens(tokens);
  return (name) => matches([...name]);
}

/**
 * Matches items against a pattern in which some elements match any number of items. Only the last of those is ever extended
 * again, which is enough, and limits the time to items times elements.
 */
export function matchTokens(tokens: readonly PatternToken[]): (characters: readonly string[]) => boolean {
  return (characters) =>
    matchGreedy(
      characters,
      tokens,
      (token) => token.kind === 'many',
      (token, found) => token.kind === 'one' && token.accepts(found),
    );
}

/** The class that begins at `start` and ends at `end`; undefined without an end. `negations`: the characters that negate it. */
export function parseClass(
  characters: readonly string[],
  start: number,
  negations: string,
): { end: number; accepts: (character: string) => boolean } | undefined {
  const negated = negations.includes(characters[start + 1] ?? ' ');
  const first = start + (negated ? 2 : 1);
  const end = characters.indexOf(']', first + 1); // a bracket in the first place is a member
  if (end === -1) return undefined;
  const members = characters.slice(first, end);
  const ranges: { from: string; to: string }[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? '';
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push({ from, to: isRange ? (members[at + 2] ?? from) : from });
    if (isRange) at += 2;
  }
  return { end, accepts: (character) => ranges.some(({ from, to }) => character >= from && character <= to) !== negated };
}

/**
 * Matches items against a pattern in which some elements stand for any number of items. Only the last of those is ever
 * widened again, which is enough, and keeps the time at items times elements.
 */
function matchGreedy<Item, Element>(
  items: readonly Item[],
  pattern: readonly Element[],
  isMany: (element: Element) => boolean,
  accepts: (element: Element, item: Item) => boolean,
): boolean {
  let item = 0;
  let element = 0;
  let many: { element: number; item: number } | undefined;
  while (item < items.length) {
    const wanted = pattern[element];
    const found = items[item];
    if (wanted !== undefined && isMany(wanted)) {
      many = { element, item };
      element += 1;
    } else if (wanted !== undefined && found !== undefined && accepts(wanted, found)) {
      item += 1;
      element += 1;
    } else if (many !== undefined) {
      many = { element: many.element, item: many.item + 1 };
      item = many.item;
      element = many.element + 1;
    } else return false;
  }
  return pattern.slice(element).every(isMany);
}
