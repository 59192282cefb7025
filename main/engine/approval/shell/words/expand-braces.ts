/** Brace expansion of plain lists and ranges; anything nested or quoted inside braces is left to a person. Pure. */
import { isBare, textOf, type WordUnit } from './word-units.ts';

/** More words than this ask. */
const MAX_WORDS = 200;

/** Undefined: braces that are not analysed here. Source: bash(1), Brace Expansion. */
export function expandBraces(units: readonly WordUnit[]): readonly (readonly WordUnit[])[] | undefined {
  const open = units.findIndex((unit) => isBare(unit, '{'));
  if (open === -1) return [units];
  const length = units.slice(open + 1).findIndex((unit) => isBare(unit, '}'));
  if (length === -1) return mayExpand(units.slice(open)) ? undefined : [units];
  const inside = units.slice(open + 1, open + 1 + length);
  const before = units.slice(0, open);
  const after = units.slice(open + length + 2);
  const isPlain = inside.every((unit) => !unit.isQuoted && /^[\w./@+:,*?%=-]$/.test(unit.text));
  if (!isPlain) return mayExpand(units.slice(open)) ? undefined : [units];
  const choices = toChoices(textOf(inside));
  if (choices === 'unknown') return undefined;
  const rest = expandBraces(after);
  if (rest === undefined) return undefined;
  const middles =
    choices === undefined
      ? [units.slice(open, open + length + 2)]
      : choices.map((choice) => [...choice].map((text) => ({ text, isQuoted: false })));
  const words = middles.flatMap((middle) => rest.map((end) => [...before, ...middle, ...end]));
  return words.length > MAX_WORDS ? undefined : words;
}

function mayExpand(units: readonly WordUnit[]): boolean {
  const text = textOf(units);
  return text.includes(',') || text.includes('..');
}

/** Undefined: the braces stay as they are. */
function toChoices(inside: string): readonly string[] | 'unknown' | undefined {
  if (inside.includes(',')) return inside.split(',');
  if (!inside.includes('..')) return undefined;
  const [, from, to] = /^(-?[1-9]\d{0,3}|0)\.\.(-?[1-9]\d{0,3}|0)$/.exec(inside) ?? [];
  if (from !== undefined && to !== undefined) return range(Number(from), Number(to)).map(String);
  const [, first, last] = /^([a-z])\.\.([a-z])$/.exec(inside) ?? [];
  if (first === undefined || last === undefined) return 'unknown';
  return range(first.charCodeAt(0), last.charCodeAt(0)).map((code) => String.fromCharCode(code));
}

function range(from: number, to: number): readonly number[] {
  const step = from <= to ? 1 : -1;
  return Array.from({ length: Math.min(Math.abs(to - from), MAX_WORDS) + 1 }, (_, at) => from + at * step);
}
