/**
 * awk: the program is split into tokens, and every name in it must be known to only compute and print. Source: POSIX awk, and the
 * manuals of gawk and mawk for what they add.
 */
import { findVariable, type Judge, quoted, refuse, refuseWithoutWall, toFile, type Token } from './judgement.ts';

const NAMES = new Set(
  'BEGIN END if else while for do in break continue next nextfile exit delete return print printf length substr split gsub sub match index tolower toupper sprintf int sqrt exp log sin cos atan2 rand srand NR NF FNR FS OFS ORS RS SUBSEP RSTART RLENGTH FILENAME CONVFMT OFMT IGNORECASE'.split(
    ' ',
  ),
);
/** Anywhere in the text, so that a mistake about where a string or a pattern ends can't hide them. */
const HARM = /system|getline|@|ARG|SYMTAB|FUNCTAB|PROCINFO|ENVIRON|\bclose\b|\bfflush\b|\bfunc|\bload|\binclude|\\$|\\\r?\n/;

/** What a mistake in reading a program could be about. */
const NEEDS_WALL = /[(\\|`]/;

export const judgeAwk: Judge = (words, { hasWall }) => {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const options: string[] = [];
  const rest = words.slice(1);
  let program = rest.shift();
  for (; program !== undefined && program.text.startsWith('-'); program = rest.shift()) {
    const [, letter, attached = ''] = /^-([Fv])(.*)$/s.exec(program.text) ?? [];
    if (letter === undefined) return refuse('awk with this option can run or change files', program);
    const value = attached === '' ? rest.shift()?.text : attached;
    if (value === undefined) return refuse('awk needs a value here', program);
    if (letter === 'v' && !/^([a-z_][A-Za-z0-9_]*|[IO]?FS|O?RS)=/.test(value)) return refuse('awk reads this variable itself', program);
    options.push(`-${letter}`, value);
  }
  if (program === undefined) return refuse('awk without a program');
  if (program.isMatched) return refuse('the program comes from the names of files', program);
  if (!isHarmlessAwk(program.text)) return refuse('this awk program can run commands, read or write files', program);
  if (!hasWall && NEEDS_WALL.test(program.text)) return refuseWithoutWall('an awk program with functions, pipes or escapes', program);
  const odd = rest.find(({ text }) => (text.startsWith('-') ? text !== '-' : text.includes('=')));
  if (odd !== undefined) return refuse('awk reads this operand as an option or an assignment', odd);
  const tokens: Token[] = [{ program: 'awk' }, ...options.map(quoted), quoted(program.text), ...rest.map(({ text }) => quoted(text))];
  return { ok: true, tokens, files: rest.map(({ text }) => toFile(text, 'read')) };
};

export function isHarmlessAwk(program: string): boolean {
  if (HARM.test(program)) return false;
  let rest = program;
  let depth = 0;
  let before = '{'; // the last token; a slash begins a pattern only where a value is expected
  while (rest !== '') {
    const [blank = ''] = /^(?:[ \t\r\n]|#[^\n]*)+/.exec(rest) ?? [];
    if (blank !== '') {
      rest = rest.slice(blank.length);
      if (blank.includes('\n')) before = ';';
      continue;
    }
    const token = /^(?:"(?:\\[^\n]|[^"\\\n])*"|[A-Za-z_]\w*|\d+(?:\.\d+)?|&&|\|\||[=!<>]=|\+\+|--|[-+*%^]=|[-{}()[\]$,;!~?:+*%^<>=])/.exec(
      rest,
    )?.[0];
    const startsValue = /^(?:[{}(,;!~?:=]|&&|\|\||[=!<>]=)$/.test(before);
    const pattern = rest.startsWith('/') && startsValue ? /^\/(?:\\[^\n]|[^/\\\n[])+\//.exec(rest)?.[0] : undefined;
    const found = token ?? pattern;
    if (found === undefined) return false;
    if (/^[A-Za-z_]/.test(found) && !NAMES.has(found) && !isOwnVariable(found, rest.slice(found.length))) return false;
    if (found === '{') depth += 1;
    if (found === '}') depth -= 1;
    // Inside a block it may be a redirection; before it, it compares.
    if (found === '>' && depth > 0) return false;
    before = found;
    rest = rest.slice(found.length);
  }
  return true;
}

/** A name in front of `(` calls a function. */
function isOwnVariable(name: string, after: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !after.startsWith('(');
}
