/**
 * git commands that only read. What the repository's settings could do is dealt with elsewhere (git-repository.ts,
 * git-disarmed.ts); here it is the words. Contents are shown only of commits and of files whose names are not protected.
 */
import { SECRET_PATHSPECS } from '../../../secret-pathspecs.ts';
import type { FinalWord } from '../../words/resolve-words.ts';
import {
  findVariable,
  type Judge,
  type JudgeContext,
  type Judgement,
  quoted,
  refuse,
  refuseWithoutWall,
  toFile,
  type Token,
} from '../judgement.ts';
import { has, parseOptions, parseTable, type UsedOption } from '../options.ts';
import { GIT_COMMANDS, GIT_LISTINGS, type GitEntry, NAMES_FOLLOW } from './git-tables.ts';

export const judgeGit: Judge = (words, context) => {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const [, ...all] = words;
  const [command, ...rest] = all[0]?.text === '--no-pager' ? all.slice(1) : all;
  if (command === undefined) return refuse('git without a command');
  if (command.text.startsWith('-')) return refuse(`git ${command.text} changes what git reads or runs`, command);
  const listing = Object.hasOwn(GIT_LISTINGS, command.text) ? GIT_LISTINGS[command.text] : undefined;
  if (listing !== undefined) return judgeListing(command, listing, rest);
  const entry = Object.hasOwn(GIT_COMMANDS, command.text) ? GIT_COMMANDS[command.text] : undefined;
  if (entry === undefined) return refuse(`git ${command.text} can change the repository, print any object or reach the network`, command);
  if (entry.needsWall === true && !context.hasWall) return refuseWithoutWall(`git ${command.text}`, command);
  return judgeEntry(command, entry, rest, context);
};

function judgeListing(command: FinalWord, listing: RegExp, rest: readonly FinalWord[]): Judgement {
  const isLooking = rest.some((word) => NAMES_FOLLOW.test(word.text));
  const odd = rest.find((word) => !listing.test(word.text) && (word.text.startsWith('-') || !isLooking));
  const isBare = rest.length === 0 && !['branch', 'tag', 'remote', 'reflog'].includes(command.text);
  if (odd !== undefined || isBare) return refuse(`git ${command.text} can change the repository`, odd ?? command);
  return {
    ok: true,
    uses: 'git',
    files: [],
    tokens: gitTokens(
      command,
      rest.map(({ text }) => text),
    ),
  };
}

function gitTokens(command: FinalWord, words: readonly string[]): readonly Token[] {
  return [{ program: 'git' }, ...['--no-pager', command.text, ...words].map(quoted)];
}

async function judgeEntry(command: FinalWord, entry: GitEntry, rest: readonly FinalWord[], context: JudgeContext): Promise<Judgement> {
  const end = rest.findIndex(({ text }) => text === '--');
  const parsed = parseOptions(end === -1 ? rest : rest.slice(0, end), {
    options: parseTable(entry.options),
    ...(entry.digits === undefined ? {} : { digits: entry.digits }),
  });
  if (!parsed.ok) return refuse(`git ${command.text}: ${parsed.why}`, parsed.at);
  const { used } = parsed;
  const format = used.find(({ value }) => value !== undefined && /%G|%\((raw|describe)/.test(value));
  if (format !== undefined) return refuse('this format can run a program or print any object', format.at);
  const later = end === -1 ? [] : rest.slice(end + 1);
  const odd = [...parsed.operands, ...later].find(({ text }) => /[:\0]|\^[@!-]/.test(text) || text === '-' || text === '');
  if (odd !== undefined && !isPatternOf(entry, used, parsed.operands, odd))
    return refuse('the word may name any object of the repository', odd);

  const sorted = await sortOperands(entry, used, parsed.operands, context);
  const paths = [...sorted.paths, ...later];
  const shows = entry.shows === 'always' || (entry.shows !== undefined && has(used, ...entry.shows));
  if (entry.onlyCommits === true && has(used, 'all', 'branches', 'tags', 'remotes'))
    return refuse('a branch or tag may name any object of the repository', command);
  if (shows && has(used, 'follow')) return refuse('git --follow can show files with protected names', command);
  const options = used.flatMap((option) => wordsOf(option));
  const excluded = shows ? SECRET_PATHSPECS : [];
  const named = entry.operands === 'names' ? [] : ['--', ...paths.map(({ text }) => text), ...excluded];
  return {
    ok: true,
    uses: entry.readsFiles === true ? 'git-files' : 'git',
    tokens: gitTokens(command, [
      ...(entry.added ?? []),
      ...options,
      ...sorted.pattern,
      ...sorted.revisions.map((text) => (entry.onlyCommits === true ? asCommit(text) : text)),
      ...named,
    ]),
    files: paths.map(({ text }) => toFile(text, entry.shows === undefined && entry.operands === 'paths' ? 'list' : 'read')),
  };
}

function wordsOf({ option, value, words }: UsedOption): readonly string[] {
  // Attached, because some of git's options accept a value in no other way.
  return option.short !== '' && words[0]?.startsWith('--') === false && option.value === 'required' ? [`-${option.short}${value}`] : words;
}

interface Sorted {
  readonly pattern: readonly string[];
  readonly revisions: readonly string[];
  readonly paths: readonly FinalWord[];
}

async function sortOperands(
  entry: GitEntry,
  used: readonly UsedOption[],
  operands: readonly FinalWord[],
  context: JudgeContext,
): Promise<Sorted> {
  if (entry.operands === 'paths') return { pattern: [], revisions: [], paths: operands };
  if (entry.operands === 'names') return { pattern: [], revisions: operands.map(({ text }) => text), paths: [] };
  const takesPattern = entry.operands === 'pattern' && !has(used, 'e');
  const pattern = takesPattern ? operands.slice(0, 1).flatMap(({ text }) => ['-e', text]) : [];
  const rest = takesPattern ? operands.slice(1) : operands;
  const revisions: string[] = [];
  const paths: FinalWord[] = [];
  for (const word of rest) {
    if (await context.exists(word.text)) paths.push(word);
    else revisions.push(word.text);
  }
  return { pattern, revisions, paths };
}

function isPatternOf(entry: GitEntry, used: readonly UsedOption[], operands: readonly FinalWord[], word: FinalWord): boolean {
  return entry.operands === 'pattern' && !has(used, 'e') && operands[0] === word;
}

/** `a..b` names two commits. */
function asCommit(revision: string): string {
  const [, from = '', dots = '', to = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(revision) ?? [];
  const one = (name: string) => (name === '' ? '' : `${name}^{commit}`);
  return dots === '' ? one(revision) : `${one(from)}${dots}${one(to)}`;
}
