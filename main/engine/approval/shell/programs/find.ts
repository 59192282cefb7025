/** find: its arguments are a program. Every test is listed with the number and kind of its values; anything else asks. Pure. */
import { findVariable, type FileUse, type Judge, quoted, refuse, refuseWithoutWall, toFile } from './judgement.ts';

const FLAGS = new Set(
  '-empty -true -false -readable -writable -executable -nouser -nogroup -print -print0 -ls -prune -quit -depth -d -xdev -mount -daystart -noleaf -ignore_readdir_race -follow -not -a -and -o -or ! ( ) ,'.split(
    ' ',
  ),
);
const TEXT_TESTS = new Set(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype -maxdepth -mindepth -size -mtime -mmin -atime -amin -ctime -cmin -perm -user -group -uid -gid -links -inum -fstype -used -regextype -printf -newermt'.split(
    ' ',
  ),
);
const FILE_TESTS = /^-(newer|anewer|cnewer|samefile|newer[aBcm][aBcm])$/;

const PLAIN_TESTS = new Set('-name -iname -path -ipath -type -maxdepth -mindepth -size -mtime -newer'.split(' '));

/** Values of these kinds may begin with a dash: `-mtime -1`. */
const SIGNED = /^-(size|mtime|mmin|atime|amin|ctime|cmin|perm|links|inum|uid|gid|used)$/;

export const judgeFind: Judge = (words, { hasWall }) => {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const rest = words.slice(1);
  const files: FileUse[] = [];
  const places: string[] = [];
  let at = 0;
  let follows = false;
  while (/^-[HLP]$/.test(rest[at]?.text ?? '')) {
    follows ||= rest[at]?.text !== '-P';
    at += 1;
  }
  for (; rest[at] !== undefined && !/^[-!(),]/.test(rest[at]?.text ?? ''); at += 1) places.push(rest[at]?.text ?? '');
  for (; at < rest.length; at += 1) {
    const word = rest[at];
    const test = word?.text ?? '';
    if (FLAGS.has(test)) {
      follows ||= test === '-follow';
      continue;
    }
    const isFile = FILE_TESTS.test(test);
    if (!isFile && !TEXT_TESTS.has(test)) return refuse(`find ${test} can run commands, write or delete`, word);
    if (!hasWall && !PLAIN_TESTS.has(test)) return refuseWithoutWall(`find ${test}`, word);
    at += 1;
    const value = rest[at];
    if (value === undefined) return refuse(`find ${test} needs a value`, word);
    if (value.text.startsWith('-') && !SIGNED.test(test)) return refuse('the value could be a test of find', value);
    if (isFile) files.push(toFile(value.text, 'list'));
  }
  // With links followed, it lists folders wherever the links lead.
  const roots = places.length === 0 ? ['.'] : places;
  files.push(...roots.map((place) => toFile(place, follows ? 'read' : 'list', follows)));
  return { ok: true, tokens: [{ program: 'find' }, ...rest.map(({ text }) => quoted(text))], files };
};
