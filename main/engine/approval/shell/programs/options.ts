/**
 * Reads words as getopt_long does: short options in groups, values attached or in the next word, long names by any unambiguous
 * beginning, options after operands, `--`. Pure.
 *
 * The table lists what is known to be harmless. The words are written anew with full names and with `--` before the operands, so
 * a mistake in a table can't turn an operand into an option. Source: getopt_long(3).
 */
import type { FinalWord } from '../words/resolve-words.ts';

/** `list`, `read`: a file. `text`: a number, a format, a pattern, a name: nothing that is opened. */
type ValueKind = 'text' | 'list' | 'read';

export interface Option {
  readonly short: string;
  readonly long: string;
  readonly value: 'none' | 'required' | 'optional';
  readonly kind: ValueKind;
}

export interface UsedOption {
  readonly option: Option;
  readonly value: string | undefined;
  /** As the program receives it. */
  readonly words: readonly string[];
  readonly at: FinalWord;
}

export type Parsed =
  | { readonly ok: true; readonly used: readonly UsedOption[]; readonly operands: readonly FinalWord[] }
  | { readonly ok: false; readonly why: string; readonly at: FinalWord };

/** `digits`: the option that `-5` gives a value to. */
export interface OptionTable {
  readonly options: readonly Option[];
  readonly digits?: string;
  /** Long names can't be shortened. */
  readonly isExact?: boolean;
}

/**
 * Options separated by blanks: `n,lines=text` is `-n 5` and `--lines=5`, `,color?=text` has an optional value, `a` is a letter
 * alone.
 */
export function parseTable(text: string): readonly Option[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, short = '', long = '', mark, kind] = /^([A-Za-z0-9.]?)(?:,([a-z0-9-]+))?(?:(\?=|=)(text|list|read))?$/.exec(entry) ?? [];
      if (short === '' && long === '') throw new Error(`not an option: ${entry}`);
      const value = mark === undefined ? 'none' : mark === '=' ? 'required' : 'optional';
      return { short, long, value, kind: kind === 'list' || kind === 'read' ? kind : 'text' };
    });
}

export function parseOptions(words: readonly FinalWord[], { options, digits, isExact = false }: OptionTable): Parsed {
  const used: UsedOption[] = [];
  const operands: FinalWord[] = [];
  const left = [...words];
  const unknown = (word: FinalWord): Parsed => ({
    ok: false,
    why: `the option ${word.text.split('=')[0]} is not known to only read`,
    at: word,
  });
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const at = word;
    const { text } = word;
    if (text === '--') {
      operands.push(...left);
      break;
    }
    if (!text.startsWith('-') || text === '-') operands.push(word);
    else if (text.startsWith('--')) {
      const [name = ''] = text.slice(2).split('=');
      const option = findLong(options, name, isExact);
      if (option === undefined) return unknown(word);
      const hasValue = text.includes('=');
      if (hasValue && option.value === 'none') return unknown(word);
      const next = !hasValue && option.value === 'required' ? left.shift() : undefined;
      if (!hasValue && option.value === 'required' && next === undefined) return unknown(word);
      const value = hasValue ? text.slice(text.indexOf('=') + 1) : next?.text;
      used.push({ option, value, words: [value === undefined ? `--${option.long}` : `--${option.long}=${value}`], at });
    } else if (digits !== undefined && /^-\d+$/.test(text)) {
      const option = options.find(({ short }) => short === digits);
      if (option === undefined) return unknown(word);
      used.push({ option, value: text.slice(1), words: [`-${digits}`, text.slice(1)], at });
    } else {
      for (let rest = text.slice(1); rest !== ''; ) {
        const short = rest.charAt(0);
        const option = options.find((each) => each.short === short);
        if (option === undefined) return unknown(word);
        rest = rest.slice(1);
        if (option.value === 'none') {
          used.push({ option, value: undefined, words: [`-${short}`], at });
          continue;
        }
        const attached = rest === '' ? undefined : rest;
        rest = '';
        if (option.value === 'optional') {
          used.push({ option, value: attached, words: [`-${short}${attached ?? ''}`], at });
          continue;
        }
        const value = attached ?? left.shift()?.text;
        if (value === undefined) return unknown(word);
        used.push({ option, value, words: [`-${short}`, value], at });
      }
    }
  }
  return { ok: true, used, operands };
}

/** A beginning that fits several options is an error for the program, unless it is the whole name of one. */
function findLong(options: readonly Option[], name: string, isExact: boolean): Option | undefined {
  if (name === '') return undefined;
  const exact = options.find(({ long }) => long === name);
  if (exact !== undefined || isExact) return exact;
  const fitting = options.filter(({ long }) => long.startsWith(name));
  return fitting.length === 1 ? fitting[0] : undefined;
}

export function has(used: readonly UsedOption[], ...names: readonly string[]): boolean {
  return used.some(
    ({ option }) => (option.short !== '' && names.includes(option.short)) || (option.long !== '' && names.includes(option.long)),
  );
}
