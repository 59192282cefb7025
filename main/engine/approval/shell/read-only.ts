/**
 * Commands that only read, and which uses of them do more. A command that is not in the table asks. If a command has harmful
 * options, an option that is not known to be harmless asks too. Pure.
 * Source: docs/formats.md 6 for the list; the manuals of GNU coreutils, findutils and grep for the options.
 */
import {
  toAccess,
  type CommandClassifier,
  type CommandVerdict,
  isAbbreviation,
  pathIn,
  pathInOption,
  READ_NOTHING,
  refuse,
  type ShellAccess,
  unknownWord,
} from './command-verdict.ts';
import { classifyGit } from './git-command.ts';
import { classifyAwk, classifyFind, classifySed } from './script-commands.ts';
import { isHarmlessVariable, type ShellWord } from './shell-word.ts';
import { defined } from '../../../../preload/contract/index.ts';

interface Spec {
  /** The meaning of the words after the options: files to read, files to list, a pattern and then files, or no files. */
  readonly operands: 'read' | 'list' | 'pattern' | 'none';
  /** Letters and long names of options that do more than read. */
  readonly harmful?: { readonly letters?: string; readonly long?: readonly string[] };
  /** Options that make the command read a folder with everything in it. */
  readonly recursive?: { readonly letters: string; readonly long: readonly string[] } | 'always';
  /** Letters of options whose value is the next word. */
  readonly valued?: string;
  /** The letters whose value is a file. */
  readonly files?: string;
  readonly maxOperands?: number;
  /** What no word may contain. */
  readonly forbidden?: RegExp;
  /** Any text is allowed here: no file and no option in it matters. */
  readonly variables?: true;
  /** The pattern is always the first operand: no option adds another one. */
  readonly ownPattern?: true;
}

const READS: Spec = { operands: 'read' };
const LISTS: Spec = { operands: 'list' };
const NO_FILES: Spec = { operands: 'none' };
const GREP: Spec = {
  operands: 'pattern',
  recursive: { letters: 'rR', long: ['recursive', 'dereference-recursive', 'directories'] },
  valued: 'ABCmefd',
  files: 'f',
};

const SPECS: Readonly<Record<string, Spec>> = {
  cat: READS,
  head: { ...READS, valued: 'nc' },
  tail: { ...READS, valued: 'ncs' },
  wc: READS,
  cut: { ...READS, valued: 'dfbc' },
  nl: { ...READS, valued: 'bdfhilnsvw' },
  tac: READS,
  rev: READS,
  fold: { ...READS, valued: 'w' },
  paste: { ...READS, valued: 'd' },
  join: { ...READS, valued: 'aeijotv12' },
  comm: READS,
  cmp: { ...READS, valued: 'in' },
  diff: { ...READS, recursive: 'always', valued: 'CUIxXSWF', files: 'X' },
  column: { ...READS, valued: 'sSocNHRTWEOnpir' },
  od: { ...READS, valued: 'AjNtSw' },
  md5sum: READS,
  sha1sum: READS,
  sha256sum: READS,
  sha512sum: READS,
  cksum: READS,
  jq: {
    operands: 'pattern',
    harmful: { letters: 'fL', long: ['from-file', 'library-path', 'rawfile', 'slurpfile'] },
    forbidden: /\b(import|include|env|ENV)\b/,
    ownPattern: true,
  },
  tr: NO_FILES,
  seq: NO_FILES,
  sort: { ...READS, valued: 'ktS', harmful: { letters: 'oT', long: ['output', 'compress-program', 'temporary-directory', 'files0-from'] } },
  uniq: { ...READS, valued: 'fsw', maxOperands: 1, harmful: { letters: '', long: [] } },
  less: { ...READS, harmful: { letters: 'ALL', long: [''] } },
  more: { ...READS, harmful: { letters: 'ALL', long: [''] } },
  file: { ...READS, valued: 'mFPef', files: 'mf', harmful: { letters: 'CzZS', long: ['compile', 'uncompress', 'no-sandbox'] } },
  grep: GREP,
  egrep: GREP,
  fgrep: GREP,
  rg: {
    operands: 'pattern',
    recursive: 'always',
    valued: 'ABCmegtTfdjrM',
    files: 'f',
    harmful: { letters: 'z', long: ['pre', 'pre-glob', 'hostname-bin', 'search-zip', 'generate'] },
  },
  ls: { ...LISTS, valued: 'IwT' },
  stat: { ...LISTS, valued: 'c' },
  du: { ...LISTS, valued: 'dBtX', files: 'X' },
  df: { ...LISTS, valued: 'Btx' },
  tree: { ...LISTS, valued: 'LIPTH', harmful: { letters: 'oR', long: ['output', 'fromfile', 'fromtabfile'] } },
  basename: NO_FILES,
  dirname: NO_FILES,
  realpath: LISTS,
  readlink: LISTS,
  pwd: NO_FILES,
  whoami: NO_FILES,
  id: NO_FILES,
  uname: NO_FILES,
  arch: NO_FILES,
  nproc: NO_FILES,
  uptime: NO_FILES,
  which: NO_FILES,
  where: NO_FILES,
  type: NO_FILES,
  true: NO_FILES,
  false: NO_FILES,
  ':': { ...NO_FILES, variables: true },
  echo: { ...NO_FILES, variables: true },
};

/**
 * Programs that may be asked for their version; not those that may fetch another version of themselves to answer (go, cargo,
 * yarn).
 */
const VERSION_QUESTIONS = new Set([
  ...['node', 'npm', 'python', 'python3', 'git', 'gcc', 'clang', 'make', 'bash', 'ruby', 'php', 'java'].map((name) => `${name} --version`),
  ...['node -v', 'npm -v', 'python -V', 'python3 -V', 'php -v', 'java -version'],
]);

function isVersionQuestion(name: string, rest: readonly ShellWord[]): boolean {
  return rest.length === 1 && rest[0]?.unknown === 'none' && VERSION_QUESTIONS.has(`${name} ${rest[0].text}`);
}

/** `words` is not empty and its first one is literal. */
export const classifyReadOnly: CommandClassifier = (words) => {
  const [first, ...rest] = words;
  const name = first?.text ?? '';
  if (isVersionQuestion(name, rest)) return READ_NOTHING;
  const spec = Object.hasOwn(SPECS, name) ? SPECS[name] : undefined;
  if (spec !== undefined) return classifySpec(name, spec, rest);
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
  if (special !== undefined) return special(words);
  return { ok: false, why: `“${name}” is not one of the commands that only read`, ...defined({ at: first }) };
};

const SPECIAL: Readonly<Record<string, CommandClassifier>> = {
  awk: classifyAwk,
  sed: classifySed,
  find: classifyFind,
  git: classifyGit,
  ps: classifyPs,
  printf: classifyPrintf,
  date: classifyDate,
  env: (words) => refuse(words.length === 1 ? 'shows the whole environment, including secrets' : 'env runs another command', words[0]),
  printenv: classifyPrintenv,
  test: classifyTest,
  '[': classifyTest,
  '[[': classifyTest,
};

function classifySpec(name: string, spec: Spec, words: readonly ShellWord[]): CommandVerdict {
  const unknown = words.find((word) => word.unknown !== 'none' && !(spec.variables === true && word.unknown === 'variable'));
  if (unknown !== undefined) return unknownWord(unknown);
  const harmful = words.find((word) => isHarmful(word, spec));
  if (harmful !== undefined) return refuse(`${name} with this option can do more than read`, harmful);
  const { operands, options, values } = splitOptions(words, spec);
  if (spec.maxOperands !== undefined && (operands.length > spec.maxOperands || operands.some((word) => word.glob !== 'none')))
    return refuse(`${name} writes to its second file`, operands.at(-1));
  if (spec.operands === 'none') return { ok: true, accesses: namesMatched(words) };
  const givesPattern = spec.ownPattern !== true && options.some((option) => /^-[a-zA-Z]*[ef]|^--(regexp|file)/.test(option.text));
  const isPattern = spec.operands === 'pattern' && !givesPattern;
  // Options that take words move the pattern behind them.
  const forbidden = words.find((word) => spec.forbidden?.test(word.text) === true);
  if (forbidden !== undefined) return refuse(`${name} can show the environment or read another file here`, forbidden);
  const files = isPattern ? operands.slice(1) : operands;
  const kind = spec.operands === 'list' ? 'list' : 'read';
  const recursive = spec.recursive === 'always' || options.some((option) => hasOption(option.text, spec.recursive));
  const here = recursive && files.length === 0 ? [{ word: '.', tilde: false, kind: 'read' as const, recursive: true }] : [];
  return { ok: true, accesses: [...files.map((word) => toAccess(word, kind, recursive)), ...here, ...values.flatMap(pathIn)] };
}

/** `echo /etc/*` reads no file, but shows which files exist. */
function namesMatched(words: readonly ShellWord[]): readonly ShellAccess[] {
  return words.filter((word) => word.glob !== 'none').map((word) => ({ ...toAccess(word, 'list'), recursive: false }));
}

/** File names could become options if the pattern may match a leading dash. */
function isHarmful(word: ShellWord, { harmful }: Spec): boolean {
  if (harmful === undefined) return false;
  if (word.glob === 'first') return true;
  const { text } = word;
  if (harmful.letters === 'ALL') return /^[-+]./.test(text);
  if (text.startsWith('--')) return text.length > 2 && (harmful.long ?? []).some((long) => isAbbreviation(text, long));
  return text.startsWith('-') && [...(harmful.letters ?? '')].some((letter) => text.slice(1).includes(letter));
}

function hasOption(text: string, recursive: Spec['recursive']): boolean {
  if (recursive === undefined || recursive === 'always') return false;
  if (text.startsWith('--')) return recursive.long.some((long) => isAbbreviation(text, long));
  return [...recursive.letters].some((letter) => text.slice(1).includes(letter)) || text.startsWith('-d');
}

/** The `values` that may be files. */
function splitOptions(words: readonly ShellWord[], { valued = '', files = '' }: Spec) {
  const operands: ShellWord[] = [];
  const options: ShellWord[] = [];
  const values: string[] = [];
  let ended = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const letter = word.text.charAt(1);
    if (ended || !word.text.startsWith('-') || word.text === '-') operands.push(word);
    else if (word.text === '--') ended = true;
    else {
      options.push(word);
      if (word.text.startsWith('--') || !valued.includes(letter)) {
        values.push(...pathInOption(word).map((access) => access.word));
        const inner = word.text.startsWith('--') ? -1 : [...word.text].findIndex((each, index) => index > 1 && files.includes(each));
        if (inner !== -1) values.push(word.text.slice(inner + 1) || (words[at + 1]?.text ?? '')); // `-nf.env` and `-nf .env`
      } else if (word.text.length > 2) values.push(...(files.includes(letter) ? [word.text.slice(2)] : []));
      else {
        at += 1; // the value is the next word
        if (files.includes(letter)) values.push(words[at]?.text ?? '');
      }
    }
  }
  return { operands, options, values };
}

function classifyPrintf(words: readonly ShellWord[]): CommandVerdict {
  const [, format, ...rest] = words;
  if (format === undefined) return READ_NOTHING;
  if (format.unknown !== 'none' || format.glob !== 'none')
    return unknownWord({ ...format, unknown: format.unknown === 'none' ? 'variable' : format.unknown });
  if (format.text.startsWith('-')) return { ok: false, why: 'printf with an option sets a variable', at: format };
  const unknown = rest.find((word) => word.unknown !== 'none' && word.unknown !== 'variable');
  if (unknown !== undefined) return unknownWord(unknown);
  if (/%[^%a-zA-Z]*n/.test(format.text)) return { ok: false, why: 'printf %n sets a variable', at: format };
  return { ok: true, accesses: namesMatched(rest) };
}

function classifyDate(words: readonly ShellWord[]): CommandVerdict {
  const odd = words
    .slice(1)
    .find((word) => word.unknown !== 'none' || !/^(\+.*|-u|-R|-I[a-z]*|--utc|--iso-8601(=[a-z]+)?|--rfc-3339=[a-z]+)$/.test(word.text));
  return odd === undefined ? READ_NOTHING : { ok: false, why: 'date with this option can set the clock or read a file', at: odd };
}

const TESTS = new Set([
  '-e',
  '-f',
  '-d',
  '-r',
  '-w',
  '-x',
  '-s',
  '-L',
  '-h',
  '-n',
  '-z',
  '=',
  '==',
  '!=',
  '!',
  '-a',
  '-o',
  '&&',
  '||',
  ']',
  ']]',
  '(',
  ')',
]);

/** Only tests of files and comparisons of text: `-v` and numeric comparisons evaluate their operands. */
function classifyTest(words: readonly ShellWord[]): CommandVerdict {
  const rest = words.slice(1);
  const unknown = rest.find((word) => word.unknown !== 'none' && word.unknown !== 'variable');
  if (unknown !== undefined) return unknownWord(unknown);
  const odd = rest.find((word) => !word.quoted && /^(-.+|[<>()&|]+|=~)$/.test(word.text) && !TESTS.has(word.text));
  const bare = rest.find((word) => word.unknown === 'variable' && !word.quoted && words[0]?.text !== '[[');
  if (odd !== undefined || bare !== undefined) return refuse('the test evaluates its operands', odd ?? bare);
  // A variable's value may be an operator that evaluates its operand, and with it an array index.
  const index = rest.find((word) => word.unknown === 'none' && !TESTS.has(word.text) && /[[`$]/.test(word.text));
  if (index !== undefined) return refuse('the test evaluates its operands', index);
  const quotedOperator = rest.find((word) => word.quoted && /^-[vR]$|^-(eq|ne|lt|le|gt|ge|nt|ot|ef)$/.test(word.text));
  if (quotedOperator !== undefined) return { ok: false, why: 'the test evaluates its operands', at: quotedOperator };
  const files = rest.filter((word) => !TESTS.has(word.text) && word.unknown === 'none' && /[/~.]/.test(word.text));
  return { ok: true, accesses: files.map((word) => toAccess(word, 'list')) };
}

function classifyPrintenv(words: readonly ShellWord[]): CommandVerdict {
  if (words.length === 1) return refuse('shows the whole environment, including secrets', words[0]);
  const odd = words.slice(1).find((word) => word.unknown !== 'none' || !isHarmlessVariable(word.text));
  return odd === undefined ? READ_NOTHING : refuse('this variable may hold a secret, and the model would read it', odd);
}

/** BSD's `e` and the field `environ` show the environment of other processes, including keys. */
function classifyPs(words: readonly ShellWord[]): CommandVerdict {
  const odd = words.slice(1).find(({ text, unknown, quoted }) => {
    const isKnown =
      /^(-[AaefFlxjHuw]+|[auxfwlj]+|\d+(,\d+)*|-p|-o|--sort=[-+%a-z,]+|--no-headers|(?!.*env)[a-z]+(,[a-z%]+)+=?|pid|ppid|comm|cmd)$/.test(
        text,
      );
    return unknown !== 'none' || quoted || !isKnown;
  });
  return odd === undefined ? READ_NOTHING : refuse('ps with this option can show secrets of other processes', odd);
}
