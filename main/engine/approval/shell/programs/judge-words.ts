/** The verdict on the final words of one simple command, also inside harmless wrappers. Pure, apart from the context's look at names. */
import type { FinalWord } from '../words/resolve-words.ts';
import { judgeAwk } from './awk.ts';
import {
  judgeCd,
  judgeColon,
  judgeConditional,
  judgeDate,
  judgeEcho,
  judgePrintenv,
  judgePrintf,
  judgeTest,
  judgeType,
} from './builtins.ts';
import { judgeFind } from './find.ts';
import { judgeGit } from './git/judge-git.ts';
import { judgeJq } from './jq.ts';
import { type Judge, type JudgeContext, type Judgement, quoted, refuse, refuseWithoutWall, type Token } from './judgement.ts';
import { judgeNpm, judgeVersion } from './npm.ts';
import { judgeSed } from './sed.ts';
import { createTableJudge } from './table-program.ts';
import { NEEDS_WALL, TABLES } from './tables.ts';

const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ...Object.entries(TABLES).map(([name, entry]) => [name, createTableJudge(name, entry)] as const),
  ['awk', judgeAwk],
  ['sed', judgeSed],
  ['find', judgeFind],
  ['git', judgeGit],
  ['jq', judgeJq],
  ['npm', judgeNpm],
  ['echo', judgeEcho],
  [':', judgeColon],
  ['printf', judgePrintf],
  ['date', judgeDate],
  ['printenv', judgePrintenv],
  ['type', judgeType],
  ['cd', judgeCd],
  ['test', judgeTest],
  ['[', judgeTest],
  ['[[', judgeConditional],
]);

/** Reasons more specific than "not one of the commands that only read". */
const DANGERS: Readonly<Record<string, string>> = {
  eval: 'eval runs text as a command',
  exec: 'exec puts another command in the shell’s place',
  source: 'runs the commands of a file',
  '.': 'runs the commands of a file',
  alias: 'gives a command another meaning',
  xargs: 'xargs runs a command with words that are not known yet',
  env: 'env shows the whole environment or runs another command',
  sudo: 'runs as another user',
  doas: 'runs as another user',
  su: 'runs as another user',
  nohup: 'keeps running after the shell ends and writes nohup.out',
  trap: 'runs a command later',
  ps: 'shows what other programs were started with, including keys',
  ss: 'shows the connections of other programs',
  lsof: 'shows the files of other programs',
  mktemp: 'makes a file',
  rm: 'removes files',
  rmdir: 'removes folders',
  shred: 'removes files permanently',
  dd: 'writes directly to files or disks',
  mkfs: 'formats a disk',
  kill: 'ends processes',
  pkill: 'ends processes',
  killall: 'ends processes',
  curl: 'reaches the network',
  wget: 'reaches the network',
  ssh: 'reaches the network',
  scp: 'reaches the network',
  nc: 'reaches the network',
  chmod: 'changes the permissions of files',
  chown: 'changes the owner of files',
};

/** Errors: none; a command that is not known to be read-only is refused with a reason. `words` is not empty. */
export async function judgeWords(words: readonly FinalWord[], context: JudgeContext): Promise<Judgement> {
  const [name, ...rest] = words;
  if (name === undefined) return refuse('nothing to run was understood');
  if (name.hasVariable || name.isMatched || name.at.tilde) return refuse('the name of the command is not certain', name);
  if (/[^\x21-\x7e]/.test(name.text)) return refuse('letters that look like others', name);
  const wrapped = await judgeWrapper(name, rest, context);
  if (wrapped !== undefined) return wrapped;
  const danger = Object.hasOwn(DANGERS, name.text) ? DANGERS[name.text] : undefined;
  if (danger !== undefined) return refuse(danger, name);
  const version = judgeVersion(words);
  if (version !== undefined) return version;
  if (NEEDS_WALL.has(name.text) && !context.hasWall) return refuseWithoutWall(`“${name.text}”`, name);
  const judge = JUDGES.get(name.text);
  return judge === undefined ? refuse(`“${name.text}” is not one of the commands that only read`, name) : await judge(words, context);
}

/** Undefined: not a wrapper. */
async function judgeWrapper(name: FinalWord, rest: readonly FinalWord[], context: JudgeContext): Promise<Judgement | undefined> {
  const [first, second] = rest;
  const isOption = first?.text.startsWith('-') === true;
  switch (name.text) {
    case 'command': {
      if (!isOption) return first === undefined ? refuse('nothing to run was understood', name) : await judgeWords(rest, context);
      const isQuestion = /^-[vV]+$/.test(first.text) && rest.every((word) => !word.hasVariable);
      return isQuestion
        ? { ok: true, tokens: [{ notation: 'command' }, ...rest.map(({ text }) => quoted(text))], files: [] }
        : refuse('command with this option', first);
    }
    case 'time': {
      // Only the reserved word: a quoted one is a program that can write files.
      if (name.at.quoted) return refuse('the program time can write files', name);
      if (first === undefined) return refuse('nothing to run was understood', name);
      const inner = first.text === '-p' ? rest.slice(1) : rest;
      return await wrap([{ notation: first.text === '-p' ? 'time -p' : 'time' }], inner, context, name);
    }
    case 'nice': {
      const value = first?.text === '-n' && /^\d{1,2}$/.test(second?.text ?? '') ? second?.text : undefined;
      if (isOption && value === undefined) return refuse('nice with this option', first);
      const options = value === undefined ? [] : ['-n', value];
      return await wrapProgram([{ program: 'nice' }, ...options.map(quoted)], rest.slice(options.length), context, name);
    }
    case 'timeout': {
      if (first === undefined || !/^\d+(\.\d+)?[smhd]?$/.test(first.text)) return refuse('timeout with this word', first ?? name);
      return await wrapProgram([{ program: 'timeout' }, quoted(first.text)], rest.slice(1), context, name);
    }
    default:
      return undefined;
  }
}

async function wrap(tokens: readonly Token[], inner: readonly FinalWord[], context: JudgeContext, name: FinalWord): Promise<Judgement> {
  if (inner.length === 0) return refuse('nothing to run was understood', name);
  const judged = await judgeWords(inner, context);
  return judged.ok ? { ...judged, tokens: [...tokens, ...judged.tokens] } : judged;
}

/** A program can't run a builtin of the shell. */
async function wrapProgram(
  tokens: readonly Token[],
  inner: readonly FinalWord[],
  context: JudgeContext,
  name: FinalWord,
): Promise<Judgement> {
  const judged = await wrap(tokens, inner, context, name);
  if (!judged.ok) return judged;
  const first = judged.tokens[tokens.length];
  return first !== undefined && 'program' in first
    ? judged
    : refuse('runs a program of the same name in the place of the builtin', inner[0]);
}
