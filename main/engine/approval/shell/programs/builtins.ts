/** Builtins of the shell, and programs with a few exact forms. Pure. */
import { isHarmlessVariable } from '../words/shell-word.ts';
import type { FinalWord } from '../words/resolve-words.ts';
import { findVariable, type Judge, type Judgement, quoted, refuse, toFile, type Token } from './judgement.ts';

const bare = (notation: string): Token => ({ notation });
const asTokens = (words: readonly FinalWord[]): readonly Token[] => words.map(({ notation }) => ({ notation }));

/** Whatever it prints, printing does nothing else. */
export const judgeEcho: Judge = ([, ...rest]) => ({ ok: true, tokens: [bare('echo'), ...asTokens(rest)], files: [] });

export const judgeColon: Judge = ([, ...rest]) => ({ ok: true, tokens: [bare(':'), ...asTokens(rest)], files: [] });

export const judgePrintf: Judge = ([, format, ...rest]) => {
  if (format === undefined) return { ok: true, tokens: [bare('printf')], files: [] };
  if (format.hasVariable || format.isMatched) return refuse('the format is not known', format);
  if (format.text.startsWith('-')) return refuse('printf with an option sets a variable', format);
  if (/%[^%a-zA-Z]*n/.test(format.text)) return refuse('printf %n sets a variable', format);
  return { ok: true, tokens: [bare('printf'), ...asTokens([format, ...rest])], files: [] };
};

export const judgeDate: Judge = ([, ...rest]) => {
  const odd = rest.find(
    (word) => word.hasVariable || !/^(\+.*|-u|-R|-I[a-z]*|--utc|--iso-8601(=[a-z]+)?|--rfc-3339=[a-z]+)$/s.test(word.text),
  );
  return odd === undefined
    ? { ok: true, tokens: [{ program: 'date' }, ...asTokens(rest)], files: [] }
    : refuse('date with this option can set the clock or read a file', odd);
};

export const judgePrintenv: Judge = ([name, ...rest]) => {
  if (rest.length === 0) return refuse('shows the whole environment, including secrets', name);
  const odd = rest.find((word) => word.hasVariable || !/^\w+$/.test(word.text) || !isHarmlessVariable(word.text));
  return odd === undefined
    ? { ok: true, tokens: [{ program: 'printenv' }, ...asTokens(rest)], files: [] }
    : refuse('this variable may hold a secret, and the model would read it', odd);
};

/** `type` and `command -v` only look names up. */
export const judgeType: Judge = ([, ...rest]) => findVariable(rest) ?? { ok: true, tokens: [bare('type'), ...asTokens(rest)], files: [] };

/** The folder itself was checked before; see `findFolders`. */
export const judgeCd: Judge = ([, target, ...more]) => {
  const variable = findVariable(target === undefined ? [] : [target]);
  if (variable !== undefined) return variable;
  if (more.length > 0 || target?.text.startsWith('-') === true) return refuse('the folder it goes to is not known', target);
  const to = target?.text ?? '';
  if (target === undefined) return { ok: true, tokens: [bare('cd')], files: [toFile('~', 'list')] };
  return { ok: true, tokens: [bare('cd'), quoted('--'), quoted(to)], files: [toFile(to, 'list')] };
};

const UNARY = new Set(['-e', '-f', '-d', '-r', '-w', '-x', '-s', '-L', '-h', '-n', '-z']);
const OPERATORS = new Set([...UNARY, '=', '==', '!=', '!', '-a', '-o', '(', ')']);
/** Operators that evaluate an operand as arithmetic, and with it commands in an array's index. */
const EVALUATES = /^-([vRtGNOSbcgkpu]|eq|ne|lt|le|gt|ge|nt|ot|ef)$/;

/** `test` and `[`: only tests of files and comparisons of text. */
export const judgeTest: Judge = ([name, ...words]) => {
  const rest = name?.text === '[' ? words.slice(0, -1) : words;
  if (name?.text === '[' && words.at(-1)?.text !== ']') return refuse('the test has no end', name);
  return judgeOperands(rest) ?? { ok: true, tokens: [bare('test'), ...asTokens(rest)], files: testedFiles(rest) };
};

function judgeOperands(words: readonly FinalWord[]): Judgement | undefined {
  const odd = words.find(
    ({ text, hasVariable }) => hasVariable || (!OPERATORS.has(text) && (EVALUATES.test(text) || /[[`$]/.test(text) || /^[<>]/.test(text))),
  );
  return odd === undefined ? undefined : refuse('the test evaluates its operands', odd);
}

function testedFiles(words: readonly FinalWord[]) {
  return words.filter(({ text }) => !OPERATORS.has(text) && text !== '').map(({ text }) => toFile(text, 'list'));
}

/** `[[ … ]]`: operators and brackets stay bare; the right side of a comparison is quoted, so it is no pattern. */
export const judgeConditional: Judge = ([, ...words]) => {
  const rest = words.slice(0, -1);
  const tokens: Token[] = [];
  for (const word of rest) {
    const isOperator = word.at.quoted ? false : OPERATORS.has(word.text) || word.text === '&&' || word.text === '||';
    const isBare = !word.at.quoted && /^(-.+|[<>()&|]+|=~)$/.test(word.text);
    if (isBare && !isOperator) return refuse('the test evaluates its operands', word);
    if (word.at.glob !== 'none' && !isOperator) return refuse('the test compares with a pattern', word);
    if (!word.hasVariable && !isOperator && /[[`$]/.test(word.text)) return refuse('the test evaluates its operands', word);
    if (word.hasVariable && !word.at.quoted) return refuse('the value of the variable is not known', word);
    tokens.push(isOperator ? bare(word.text) : { notation: word.notation });
  }
  return {
    ok: true,
    tokens: [bare('[['), ...tokens, bare(']]')],
    files: testedFiles(rest.filter((word) => !word.hasVariable && word.text !== '&&' && word.text !== '||')),
  };
};
