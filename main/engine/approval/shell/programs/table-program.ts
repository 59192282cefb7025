/** Programs that a table of options describes completely. Pure. */
import { defined } from '../../../../../preload/contract/index.ts';
import { findVariable, type Judge, type Judgement, quoted, refuse, toFile, type Token } from './judgement.ts';
import { has, type Option, parseOptions, parseTable } from './options.ts';

/** The meaning of the operands: files whose contents are read, files that are listed, other text, or a pattern before files. */
export type Operands = 'read' | 'list' | 'text' | 'pattern' | 'none';

export interface ProgramEntry {
  readonly options: string;
  readonly operands: Operands;
  /** The option that `-5` gives a value to. */
  readonly digits?: string;
  readonly maxOperands?: number;
  /** Reads folders with everything in them: always, or with one of these options. */
  readonly recursive?: 'always' | readonly string[];
  /** Options that give the pattern, so that the first operand is a file. */
  readonly patternOptions?: readonly string[];
  /** The program knows no `--`; an operand with a dash asks. */
  readonly hasNoEnd?: true;
  /** Long names can't be shortened. */
  readonly isExact?: true;
  /** Options added before the others. */
  readonly added?: readonly string[];
  /** A shell builtin: its name stays bare. */
  readonly isBuiltin?: true;
}

export function createTableJudge(name: string, entry: ProgramEntry): Judge {
  const options = parseTable(entry.options);
  return (words) => judge(name, { ...entry, table: options }, words.slice(1));
}

function judge(name: string, entry: ProgramEntry & { readonly table: readonly Option[] }, words: Parameters<Judge>[0]): Judgement {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const parsed = parseOptions(words, { options: entry.table, ...defined({ digits: entry.digits, isExact: entry.isExact }) });
  if (!parsed.ok) return refuse(`${name}: ${parsed.why}`, parsed.at);
  const { used, operands } = parsed;
  if (operands.length > (entry.maxOperands ?? (entry.operands === 'none' ? 0 : Infinity))) {
    const why = entry.maxOperands === undefined ? `${name} takes no files here` : `${name} writes to its second file`;
    return refuse(why, operands.at(-1));
  }
  const dashed = entry.hasNoEnd === true ? operands.find(({ text }) => text.startsWith('-') && text !== '-') : undefined;
  if (dashed !== undefined) return refuse('the name could be an option', dashed);
  const isPattern = entry.operands === 'pattern' && !has(used, ...(entry.patternOptions ?? []));
  const named = entry.operands === 'text' || entry.operands === 'none' ? [] : isPattern ? operands.slice(1) : operands;
  const recursive = entry.recursive === 'always' || (entry.recursive !== undefined && isRecursive(used, entry.recursive));
  const kind = entry.operands === 'list' ? 'list' : 'read';
  const files = [
    ...named.map((word) => toFile(word.text, kind, recursive)),
    ...(recursive && named.length === 0 ? [toFile('.', kind, true)] : []),
    ...used.flatMap(({ option, value }) => (option.kind === 'text' || value === undefined ? [] : [toFile(value, option.kind)])),
  ];
  const tokens: Token[] = [
    entry.isBuiltin === true ? { notation: name } : { program: name },
    ...[...(entry.added ?? []), ...used.flatMap((option) => option.words)].map(quoted),
    ...(entry.hasNoEnd === true || operands.length === 0 ? [] : [quoted('--')]),
    ...operands.map((word): Token => ({ notation: word.notation })),
  ];
  return { ok: true, tokens, files };
}

function isRecursive(used: Parameters<typeof has>[0], names: readonly string[]): boolean {
  return has(used, ...names) || used.some(({ option, value }) => option.long === 'directories' && value !== 'skip');
}
