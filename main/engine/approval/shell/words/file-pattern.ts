/**
 * Expands a file name pattern against the disk, as bash does without its options: `*`, `?` and `[…]`, names with a leading dot
 * only for a pattern with one, sorted. Reads only names. Source: bash(1), Pathname Expansion.
 */
import { join } from 'node:path';
import type { WorkspaceFs } from '../../../ports.ts';
import { isBare, textOf, type WordUnit } from './word-units.ts';

export interface PatternPlace {
  readonly folder: string;
  readonly fs: Pick<WorkspaceFs, 'list' | 'stat'>;
  /** The locale that decides the order, as `LC_ALL`, `LC_COLLATE` or `LANG` name it. */
  readonly locale: string;
}

/** `folders`: the folders whose names are looked at, as the command would name them. `why`: the pattern is left to a person. */
export type Matches =
  | { readonly ok: true; readonly names: readonly string[]; readonly folders: readonly string[] }
  | { readonly ok: false; readonly why: string };

const MAX_ENTRIES = 20_000;
const MAX_MATCHES = 1000;
/** A pattern with more stars takes too long to match. */
const MAX_STARS = 6;

class NotAnalysed extends Error {}

export function isPattern(units: readonly WordUnit[]): boolean {
  return units.some((unit) => ['*', '?', '['].some((text) => isBare(unit, text)));
}

/** Errors: none. With no match, `names` is empty. */
export async function matchFiles(units: readonly WordUnit[], place: PatternPlace): Promise<Matches> {
  try {
    const search = new Search(place);
    const names = await search.below('', splitPath(units));
    return { ok: true, names: sortNames(names, place.locale).map(asOperand), folders: [...search.folders] };
  } catch (error) {
    if (error instanceof NotAnalysed) return { ok: false, why: error.message };
    throw error;
  }
}

/** A file name that begins with a dash must not become an option. */
function asOperand(name: string): string {
  return name.startsWith('-') ? `./${name}` : name;
}

function splitPath(units: readonly WordUnit[]): readonly (readonly WordUnit[])[] {
  const names: WordUnit[][] = [[]];
  for (const unit of units) {
    if (unit.text === '/') names.push([]);
    else names.at(-1)?.push(unit);
  }
  return names;
}

class Search {
  readonly folders = new Set<string>();
  #entries = 0;
  #matches = 0;
  readonly #place: PatternPlace;

  constructor(place: PatternPlace) {
    this.#place = place;
  }

  /** `done`: the path so far, as the command names it, with its slash. */
  async below(done: string, [name, ...rest]: readonly (readonly WordUnit[])[]): Promise<readonly string[]> {
    const { folder, fs } = this.#place;
    if (name === undefined) return [done];
    const isLast = rest.length === 0;
    if (!isPattern(name)) {
      const path = done + textOf(name);
      if (!isLast) {
        const isUp = ['', '.', '..'].includes(textOf(name)) && this.folders.size > 0;
        if (isUp) throw new NotAnalysed('the path goes on behind a pattern'); // after a match, `..` may lead anywhere
        return await this.below(`${path}/`, rest);
      }
      if (textOf(name) === '..' || textOf(name) === '.') throw new NotAnalysed('the path goes on behind a pattern');
      const found = await fs.stat(resolveFrom(folder, path === '' ? done : path)).catch(() => undefined);
      const fits = found !== undefined && (textOf(name) !== '' || found.isDirectory);
      return fits ? [path] : [];
    }
    if (name[0]?.text === '.' && name.slice(1).every((unit) => isPattern([unit]) || unit.text === '.'))
      throw new NotAnalysed('the pattern may match the folder above');
    const matches = toMatcher(name);
    this.folders.add(done === '' ? '.' : done);
    const entries = await fs.list(resolveFrom(folder, done)).catch(() => []);
    this.#entries += entries.length;
    const fitting = entries.filter((entry) => matches(entry.name) && (isLast || entry.isDirectory || entry.isSymlink));
    this.#matches += fitting.length;
    if (this.#entries > MAX_ENTRIES || this.#matches > MAX_MATCHES) throw new NotAnalysed('the pattern matches too many files to check');
    // Bytes that are no text arrive as this character, and would name another file.
    if (fitting.some((entry) => entry.name.includes('\ufffd'))) throw new NotAnalysed('the pattern matches a name that is no text');
    const found: string[] = [];
    for (const entry of fitting) {
      if (isLast) found.push(done + entry.name);
      else found.push(...(await this.below(`${done}${entry.name}/`, rest)));
    }
    return found;
  }
}

function resolveFrom(folder: string, path: string): string {
  const whole = path.startsWith('/') ? path : join(folder, path);
  return whole.replace(/(.)\/$/, '$1');
}

function toMatcher(units: readonly WordUnit[]): (name: string) => boolean {
  let source = '';
  let stars = 0;
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at];
    if (isBare(unit, '*')) {
      if (!isBare(units[at - 1], '*')) source += '.*';
      stars += 1;
    } else if (isBare(unit, '?')) source += '.';
    else if (isBare(unit, '[')) {
      const bracket = readBracket(units, at);
      source += bracket === undefined ? '\\[' : bracket.source;
      at = bracket?.end ?? at;
    } else source += escapeText(unit?.text ?? '');
  }
  if (stars > MAX_STARS) throw new NotAnalysed('the pattern has too many stars');
  const pattern = new RegExp(`^${source}$`, 'su');
  const hasDot = units[0]?.text === '.';
  return (name) => (hasDot || !name.startsWith('.')) && pattern.test(name);
}

/** Undefined: there is no closing bracket, so `[` is a character. */
function readBracket(units: readonly WordUnit[], open: number): { readonly source: string; readonly end: number } | undefined {
  let at = open + 1;
  const isNegated = isBare(units[at], '!') || isBare(units[at], '^');
  if (isNegated) at += 1;
  const first = at;
  const close = units.findIndex((unit, index) => index > first && isBare(unit, ']'));
  if (close === -1) return undefined;
  const set = units.slice(first, close);
  if (set.some((unit, index) => isBare(unit, '[') && /^[:.=]$/.test(set[index + 1]?.text ?? '')))
    throw new NotAnalysed('the brackets of this pattern are not analysed');
  let source = '';
  for (let index = 0; index < set.length; index += 1) {
    const [from, dash, to] = [set[index], set[index + 1], set[index + 2]];
    if (from === undefined) break;
    if (dash !== undefined && isBare(dash, '-') && to !== undefined) {
      const isOrdered =
        [/^[a-z]$/, /^[A-Z]$/, /^[0-9]$/].some((kind) => kind.test(from.text) && kind.test(to.text)) && from.text <= to.text;
      if (!isOrdered) throw new NotAnalysed('the brackets of this pattern are not analysed');
      source += `${from.text}-${to.text}`;
      index += 2;
    } else source += from.text === '-' ? '\\-' : escapeText(from.text);
  }
  return { source: `[${isNegated ? '^' : ''}${source}]`, end: close };
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function sortNames(names: readonly string[], locale: string): readonly string[] {
  const [language = ''] = locale.split('.');
  if (language === '' || language === 'C' || language === 'POSIX')
    return names.toSorted((one, other) => Buffer.from(one).compare(Buffer.from(other)));
  return names.toSorted(collatorOf(language).compare);
}

function collatorOf(language: string): Intl.Collator {
  try {
    return new Intl.Collator(language.replace('_', '-').replace(/@.*/, ''), { caseFirst: 'lower' });
  } catch {
    return new Intl.Collator('en', { caseFirst: 'lower' }); // a locale that only the system knows
  }
}
