/** find, sed and awk: their arguments are programs and are parsed as such. Anything not clearly harmless asks. Pure. */
import { toAccess, type CommandVerdict, pathInOption, unknownWord } from './command-verdict.ts';
import type { ShellWord } from './shell-word.ts';

const FIND_TESTS = new Set(
  (
    '-name -iname -path -ipath -wholename -iwholename -regex -iregex -type -xtype -maxdepth -mindepth -size -mtime -mmin -atime -amin ' +
    '-ctime -cmin -newer -anewer -cnewer -empty -perm -user -group -uid -gid -links -inum -not -a -o -and -or ! ( ) , -print -print0 -ls ' +
    '-printf -prune -quit -true -false -depth -d -follow -H -L -P -xdev -mount -readable -writable -executable -regextype -daystart ' +
    '-noleaf -samefile -nouser -nogroup -lname -ilname -fstype -used'
  ).split(' '),
);

/** Every word that begins with a dash must be a known test; tests that run, delete or write are not among them. */
export function classifyFind(words: readonly ShellWord[]): CommandVerdict {
  const rest = words.slice(1);
  const unknown = rest.find((word) => word.unknown !== 'none');
  if (unknown !== undefined) return unknownWord(unknown);
  const glob = rest.find((word) => word.glob === 'first');
  if (glob !== undefined) return { ok: false, why: 'the names that match could be options of find', at: glob };
  const odd = rest.find(
    (word) => word.text.startsWith('-') && !FIND_TESTS.has(word.text) && !/^-(newer[aBcm][aBcmt]|O[0-3]|[0-9]+)$/.test(word.text),
  );
  if (odd !== undefined) return { ok: false, why: `find ${odd.text} can run commands, write or delete`, at: odd };
  const firstTest = rest.findIndex((word) => /^[-!(,]/.test(word.text) && !/^-[HLP]$|^-O/.test(word.text));
  const places = (firstTest === -1 ? rest : rest.slice(0, firstTest)).filter((word) => !word.text.startsWith('-'));
  // With links followed, it lists folders wherever the links lead.
  const follows = rest.some((word) => /^-(L|follow)$/.test(word.text));
  if (!follows) return { ok: true, accesses: places.map((word) => ({ ...toAccess(word, 'list'), recursive: false })) };
  const here = { word: '.', tilde: false, kind: 'read' as const, recursive: true };
  return { ok: true, accesses: places.length === 0 ? [here] : places.map((word) => toAccess(word, 'read', true)) };
}

const SED_OPTIONS = /^(-[nErsuz]+|--quiet|--silent|--regexp-extended|--separate|--unbuffered|--null-data|--posix|--sandbox)$/;

export function classifySed(words: readonly ShellWord[]): CommandVerdict {
  const unknown = words.find((word) => word.unknown !== 'none');
  if (unknown !== undefined) return unknownWord(unknown);
  const scripts: ShellWord[] = [];
  const files: ShellWord[] = [];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const script = /^(-[nErsuz]*e|--expression)$/.test(word.text) ? words[(at += 1)] : undefined;
    if (script !== undefined) scripts.push(script);
    else if (word.text.startsWith('--expression=')) scripts.push({ ...word, text: word.text.slice('--expression='.length) });
    else if (SED_OPTIONS.test(word.text)) continue;
    else if (word.text.startsWith('-') && word.text !== '-') return { ok: false, why: 'sed with this option can change files', at: word };
    else files.push(word);
  }
  const first = scripts.length === 0 ? files.shift() : undefined;
  if (first !== undefined) scripts.push(first);
  const glob = [...files, ...scripts].find((word) => word.glob === 'first' && !word.quoted);
  if (glob !== undefined) return { ok: false, why: 'the names that match could be options of sed', at: glob };
  const odd = scripts.find((script) => !isHarmlessSed(script.text));
  if (odd !== undefined) return { ok: false, why: 'this sed script is not known to only print', at: odd };
  return { ok: true, accesses: files.map((word) => toAccess(word, 'read')) };
}

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

/** `|` and `>` also occur in patterns and comparisons; such a program asks as well. */
const AWK_HARM = /system|getline|[|>@]|ARG|SYMTAB|FUNCTAB|PROCINFO|\bclose\b|\bENVIRON\b|\\$|\\\r?\n/;

export function classifyAwk(words: readonly ShellWord[]): CommandVerdict {
  const rest = words.slice(1);
  const unknown = rest.find((word) => word.unknown !== 'none');
  if (unknown !== undefined) return unknownWord(unknown);
  const files: ShellWord[] = [];
  let program: ShellWord | undefined;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at];
    if (word === undefined) break;
    if (program !== undefined) files.push(word);
    else if (word.text === '-F' || word.text === '-v') at += 1;
    else if (/^-F.+|^-v[A-Za-z_]\w*=/.test(word.text)) continue;
    else if (word.text.startsWith('-') || word.glob === 'first')
      return { ok: false, why: 'awk with this option can run or change files', at: word };
    else program = word;
  }
  if (program === undefined) return { ok: false, why: 'awk without a program' };
  if (AWK_HARM.test(program.text)) return { ok: false, why: 'this awk program can run commands, read or write files', at: program };
  const glob = files.find((word) => word.glob === 'first');
  if (glob !== undefined) return { ok: false, why: 'the names that match could be options of awk', at: glob };
  return {
    ok: true,
    accesses: files.flatMap((word) => (/^[A-Za-z_]\w*=/.test(word.text) ? pathInOption(word) : [toAccess(word, 'read')])),
  };
}
