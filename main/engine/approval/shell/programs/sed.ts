/** sed: the script is parsed; only commands that print or change text in memory are known. Pure. */
import type { FinalWord } from '../words/resolve-words.ts';
import { findVariable, type Judge, quoted, refuse, refuseWithoutWall, toFile, type Token } from './judgement.ts';
import { has, parseOptions, parseTable } from './options.ts';

const OPTIONS = parseTable(
  'n,quiet ,silent E,regexp-extended r s,separate u,unbuffered z,null-data ,posix ,sandbox e,expression=text l,line-length=text',
);

export const judgeSed: Judge = (words, { platform, hasWall }) => {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const parsed = parseOptions(words.slice(1), { options: OPTIONS });
  if (!parsed.ok) return refuse('sed with this option can change files', parsed.at);
  const { used } = parsed;
  const given = used.filter(({ option }) => option.long === 'expression');
  const [first, ...others] = parsed.operands;
  const files = given.length > 0 ? parsed.operands : others;
  const scripts: readonly (FinalWord | undefined)[] = given.length > 0 ? given.map(({ at }) => at) : [first];
  const texts = given.length > 0 ? given.map(({ value }) => value ?? '') : [first?.text ?? ''];
  const isMatched = scripts.find((word) => word === undefined || word.isMatched);
  if (isMatched !== undefined || (first === undefined && given.length === 0))
    return refuse('the script comes from the names of files', isMatched);
  const odd = texts.findIndex((text) => !isHarmlessSed(text));
  if (odd !== -1) return refuse('this sed script is not known to only print', scripts[odd]);
  const complex = hasWall ? -1 : texts.findIndex((text) => /[\\{]/.test(text));
  if (complex !== -1) return refuseWithoutWall('a sed script with escapes or blocks', scripts[complex]);
  // GNU sed then refuses to run programs and to open other files.
  const isGnu = platform === 'linux';
  const isSandboxed = isGnu && !has(used, 'sandbox');
  const options = used.flatMap((option) => option.words);
  const tokens: Token[] = [
    { program: 'sed' },
    ...[...(isSandboxed ? ['--sandbox'] : []), ...options].map(quoted),
    ...(given.length > 0 ? [] : [quoted('-e'), quoted(first?.text ?? '')]),
    ...(files.length === 0 ? [] : [quoted('--')]),
    ...files.map(({ text }) => quoted(text)),
  ];
  return { ok: true, tokens, files: files.map(({ text }) => toFile(text, 'read')) };
};

/** Addresses, `p d q = l n N g G h H x D P`, `s` and `y` without the flags that run or write. */
export function isHarmlessSed(script: string): boolean {
  let rest = script;
  const take = (pattern: RegExp): boolean => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) return false;
    rest = rest.slice(found.length);
    return true;
  };
  const address = () => take(/^(\d+(~\d+)?|\$|\/(?:\\[^\n]|[^/\\\n[])+\/I?)/);
  while (rest !== '') {
    if (take(/^[\s;}]+/)) continue;
    if (address() && take(/^\s*,\s*/) && !address() && !take(/^[+~]\d+/)) return false;
    take(/^\s*!?\s*/);
    if (take(/^\{/)) continue;
    if (take(/^[pdPDqQ=lnNgGhHx](?=[\s;}]|$)/)) continue;
    if (!take(/^[sy](?=[/|,#:@!%_])/)) return false;
    const delimiter = rest.charAt(0);
    const side = new RegExp(`^\\${delimiter}((?:\\\\[^\\n]|[^\\\\\\n${delimiter === '/' ? '/' : `\\${delimiter}`}])*)`);
    const pattern = side.exec(rest)?.[1];
    if (
      pattern === undefined ||
      pattern
        .replace(/\\./g, '')
        .replace(/\[\^?\]?[^\]]*\]/g, '')
        .includes('[')
    )
      return false; // a delimiter in brackets does not delimit
    if (!take(side) || !take(side) || !take(new RegExp(`^\\${delimiter}[gpiImM0-9]*(?=[\\s;}]|$)`))) return false;
  }
  return true;
}
