/**
 * What a command would do, part by part: which parts only read, what they touch, and where the text is risky. Rules and
 * modes are not this file's; it answers facts. Pure, but for the grammar it is given.
 * Flow: tree -> parts -> words of each part -> verdict, files (resolved against every folder the command may be in by then).
 */
import { isAbsolute, join, resolve } from 'node:path';
import { type CommandVerdict, type ShellAccess, refuse, unknownWord } from './command-verdict.ts';
import { judgeReadOnly } from './read-only.ts';
import { effectsOf, innerScripts, isWrapper, spokenForms } from './shell-effects.ts';
import type { ParseShell } from './shell-grammar.ts';
import { readShell, type ShellAssignment, type ShellPart, type ShellReading, type ShellRedirect, type ShellRisk } from './shell-parts.ts';
import type { ShellWord } from './shell-word.ts';

/** `path` is absolute, links not followed. `mention`: named by a command that may do anything with it. */
export interface TouchedPath {
  readonly path: string;
  readonly kind: 'list' | 'read' | 'write' | 'mention';
  readonly recursive: boolean;
}

export interface JudgedPart {
  readonly text: string;
  /** As one line of plain words, for rules that allow; absent where the words are not certain. */
  readonly plain: string | undefined;
  /** For rules that refuse or ask. */
  readonly spoken: readonly string[];
  /** Only reads what `touches` says. */
  readonly readsOnly: boolean;
  /** Why not, as a clause. */
  readonly why: string | undefined;
  readonly touches: readonly TouchedPath[];
  readonly urls: readonly string[];
  /** A redirection writes a file: no rule about the command covers that. */
  readonly redirects: boolean;
}

export interface ShellJudgement {
  readonly parts: readonly JudgedPart[];
  readonly risks: readonly ShellRisk[];
  /** No rule about single commands can allow it: parts that are not understood, or commands that make text. */
  readonly isOpaque: boolean;
  /** Every part only reads, and nothing is risky. */
  readonly readsOnly: boolean;
  /** The first reason it does not only read. */
  readonly why: string | undefined;
  /** Folders in which git runs: whose settings may name programs. */
  readonly gitFolders: readonly string[];
}

export interface ShellPlace {
  readonly cwd: string;
  readonly home: string | undefined;
}

const MAX_FOLDERS = 6;
const MAX_INNER = 3;

export function judgeShell(command: string, parse: ParseShell | undefined, place: ShellPlace, depth = 0): ShellJudgement {
  const root = command.trim() === '' ? undefined : parse?.(command);
  if (root === undefined) return parse === undefined ? withoutGrammar(command) : notUnderstood(command);
  const reading = readShell(command, root);
  const folders = foldersOf(reading, place);
  const judged = reading.parts.map((part) => judgePart(command, part, folders, place));
  const risks = [
    ...reading.risks,
    ...judged.flatMap(({ risk }) => (risk === undefined || (risk.isPlain && judged.length === 1) ? [] : [risk])),
  ];
  const inner =
    depth >= MAX_INNER
      ? []
      : reading.parts.flatMap((part) => innerScripts(part.words)).map((script) => judgeShell(script, parse, place, depth + 1));
  const parts = [
    ...judged.map(({ part }) => part),
    ...inner.flatMap((judgement) => judgement.parts).map((part) => ({ ...part, plain: undefined, readsOnly: false })),
  ];
  const why = reading.risks[0]?.why ?? parts.find((part) => !part.readsOnly)?.why;
  return {
    parts,
    risks: risks.map(({ start, end, why: said }) => ({ start, end, why: said })).toSorted((one, other) => one.start - other.start),
    isOpaque: reading.risks.length > 0 || reading.substitutes,
    readsOnly: parts.length > 0 && reading.risks.length === 0 && parts.every((part) => part.readsOnly),
    why: parts.length === 0 ? 'nothing to run was understood' : why,
    gitFolders: judged.some(({ usesGit }) => usesGit) ? folders.known : [],
  };
}

interface Folders {
  /** All folders the command may be in at some point; a `cd` may fail, so the first one stays among them. */
  readonly known: readonly string[];
  /** A `cd` whose target is not certain. */
  readonly lost: ShellWord | undefined;
}

function foldersOf({ parts, loops }: ShellReading, { cwd, home }: ShellPlace): Folders {
  let known = [cwd];
  for (const { words } of parts) {
    const [name, target, ...more] = words;
    if (name?.text !== 'cd') continue;
    const to = target === undefined ? home : pathOf({ word: target.text, tilde: target.tilde }, home);
    const isCertain =
      more.length === 0 &&
      to !== undefined &&
      !loops &&
      (target === undefined || (target.unknown === 'none' && target.glob === 'none' && !target.text.startsWith('-')));
    if (!isCertain) return { known, lost: target ?? name };
    known = [...new Set([...known, ...known.map((folder) => resolve(folder, to))])];
    if (known.length > MAX_FOLDERS) return { known: known.slice(0, MAX_FOLDERS), lost: target ?? name };
  }
  return { known, lost: undefined };
}

interface PartRisk extends ShellRisk {
  /** Nothing but a command that is not known to read. */
  readonly isPlain: boolean;
}

function judgePart(command: string, part: ShellPart, folders: Folders, place: ShellPlace) {
  const { words } = part;
  const verdict = verdictOf(part, folders);
  const effects = verdict.ok ? { accesses: [], urls: [], mentions: [] } : effectsOf(words);
  const redirected = part.redirects.flatMap(accessOfRedirect);
  const accesses = [...(verdict.ok ? verdict.accesses : effects.accesses), ...redirected];
  const touches = [
    ...accesses.flatMap((access) => touchesOf(access, folders, place, access.kind)),
    ...effects.mentions.flatMap((access) => touchesOf(access, folders, place, 'mention')),
  ];
  const isLiteral = words.every((word) => ['none', 'variable', 'environment'].includes(word.unknown)) && words[0]?.unknown === 'none';
  const isSet = part.assignments.every(isHarmless);
  const at = verdict.ok ? undefined : (verdict.at ?? { start: part.start, end: part.end });
  return {
    part: {
      text: command.slice(part.start, part.end),
      plain:
        isLiteral && isSet && !part.isNested && words.length > 0 && !words.some((word) => word.tilde && word === words[0])
          ? words.map((word) => word.text).join(' ')
          : undefined,
      spoken: words.length === 0 ? [] : [...spokenForms(words), command.slice(part.start, part.end)],
      readsOnly: verdict.ok,
      why: verdict.ok ? undefined : verdict.why,
      touches,
      urls: effects.urls,
      redirects: part.redirects.some((redirect) => isWrite(redirect)),
    } satisfies JudgedPart,
    risk:
      verdict.ok || at === undefined
        ? undefined
        : ({
            start: at.start,
            end: at.end,
            why: verdict.why,
            isPlain: at === words[0] && !isWrapper(words[0]?.text ?? ''),
          } satisfies PartRisk),
    usesGit: verdict.ok && verdict.usesGit === true,
  };
}

function verdictOf({ words, assignments, redirects, start, end }: ShellPart, folders: Folders): CommandVerdict {
  const set = assignments.find((assignment) => !isHarmless(assignment));
  const span = (text: string, from: { start: number; end: number }): ShellWord => ({
    text,
    start: from.start,
    end: from.end,
    unknown: 'none',
    glob: 'none',
    tilde: false,
    quoted: false,
  });
  if (set !== undefined) return refuse(`setting ${set.name} can change what other commands do`, span(set.name, set));
  const redirect = redirects.find(
    (each) =>
      isWrite(each) ||
      (each.target !== undefined && each.target.unknown !== 'none' && !(each.operator === '<<<' && each.target.unknown === 'variable')) ||
      isNetwork(each),
  );
  if (redirect !== undefined) {
    const target = redirect.target?.text ?? '';
    return refuse(
      isWrite(redirect) ? `writes to ${target}` : isNetwork(redirect) ? 'reaches the network' : 'the shell computes what is read here',
      span(target, redirect),
    );
  }
  if (words.length === 0) return { ok: true, accesses: [] };
  const verdict = judgeWords(words);
  if (!verdict.ok || verdict.accesses.length === 0 || folders.lost === undefined) {
    const goes = words[0]?.text === 'cd' && folders.lost !== undefined;
    return goes ? refuse('the folder it goes to is not known', folders.lost) : verdict;
  }
  return refuse('the folder it runs in is not known', span('', { start, end }));
}

function judgeWords(words: readonly ShellWord[]): CommandVerdict {
  const [name, ...rest] = words;
  if (name === undefined) return { ok: true, accesses: [] };
  if (name.unknown !== 'none') return unknownWord(name);
  if (name.glob !== 'none' || name.tilde) {
    if (name.text !== '[' && name.text !== '[[') return refuse('the name of the command is not certain', name);
  }
  if (/[^\x20-\x7e]/.test(name.text)) return refuse('letters that look like others', name);
  if (name.text === 'cd') {
    const [target] = rest;
    return target === undefined
      ? { ok: true, accesses: [] }
      : { ok: true, accesses: [{ word: target.text, tilde: target.tilde, kind: 'list', recursive: false }] };
  }
  const inside = unwrapped(name.text, rest);
  if (inside === 'asked') return { ok: true, accesses: [] };
  if (inside !== undefined) return judgeWords(inside);
  const danger = Object.hasOwn(DANGERS, name.text) ? DANGERS[name.text] : undefined;
  return danger === undefined ? judgeReadOnly(words) : refuse(danger, name);
}

/** Reasons that say more than "not one of the commands that only read". */
const DANGERS: Readonly<Record<string, string>> = {
  eval: 'eval runs text as a command',
  exec: 'exec puts another command in the shell’s place',
  source: 'runs the commands of a file',
  '.': 'runs the commands of a file',
  alias: 'gives a command another meaning',
  xargs: 'xargs runs a command with words that are not known yet',
  sudo: 'runs as another user',
  doas: 'runs as another user',
  su: 'runs as another user',
  nohup: 'goes on after its end is due and writes nohup.out',
  trap: 'runs a command later',
  rm: 'removes files',
  rmdir: 'removes folders',
  shred: 'removes files for good',
  dd: 'writes to files or disks as they are',
  mkfs: 'formats a disk',
  kill: 'ends processes',
  pkill: 'ends processes',
  killall: 'ends processes',
  curl: 'reaches the network',
  wget: 'reaches the network',
  ssh: 'reaches the network',
  scp: 'reaches the network',
  nc: 'reaches the network',
  chmod: 'changes who may use files',
  chown: 'changes who owns files',
};

/** The command inside a harmless wrapper; `asked`: `command -v`, which only looks a name up. */
function unwrapped(name: string, rest: readonly ShellWord[]): readonly ShellWord[] | 'asked' | undefined {
  const [first, second] = rest;
  if (name === 'command') {
    if (first === undefined || !first.text.startsWith('-')) return rest;
    return /^-[vV]+$/.test(first.text) && rest.every((word) => word.unknown === 'none') ? 'asked' : undefined;
  }
  if (name === 'time') return first?.text === '-p' ? rest.slice(1) : first?.text.startsWith('-') === true ? undefined : rest;
  if (name === 'nice')
    return first?.text === '-n' && /^\d+$/.test(second?.text ?? '')
      ? rest.slice(2)
      : first?.text.startsWith('-') === true
        ? undefined
        : rest;
  if (name === 'timeout') return /^\d+(\.\d+)?[smhd]?$/.test(first?.text ?? '') && rest.length > 1 ? rest.slice(1) : undefined;
  return undefined;
}

/** Names that no program takes orders from: languages, colours, and the lower-case names of scripts. */
const HARMLESS_NAME = /^(LANG|LC_[A-Z]+|TZ|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|CI|NODE_ENV|GIT_OPTIONAL_LOCKS|[a-z_][a-z0-9_]*)$/;
/** Lower-case names that programs do read. */
const PROXIES = /^(https?|ftp|all|no)_proxy$/;

function isHarmless({ name, value }: ShellAssignment): boolean {
  const isCertain = value === undefined || value.unknown === 'none' || value.unknown === 'variable';
  return isCertain && HARMLESS_NAME.test(name) && !PROXIES.test(name);
}

function isWrite({ operator, target }: ShellRedirect): boolean {
  if (target === undefined || operator === '<' || operator === '<<<' || operator === '<&') return false;
  if (operator === '>&' && /^(\d+-?|-)$/.test(target.text) && target.unknown === 'none') return false;
  return !(target.unknown === 'none' && target.glob === 'none' && /^\/dev\/(null|stdout|stderr)$/.test(target.text) && operator !== '<>');
}

/** Bash opens a connection for this name. */
function isNetwork({ target }: ShellRedirect): boolean {
  return /^\/dev\/(tcp|udp)\//.test(target?.text ?? '');
}

function accessOfRedirect(redirect: ShellRedirect): readonly ShellAccess[] {
  const { operator, target } = redirect;
  if (target === undefined || operator === '<<<' || /^\/dev\/(null|stdout|stderr)$/.test(target.text) || /^(\d+-?|-)$/.test(target.text))
    return [];
  return [{ word: target.text, tilde: target.tilde, kind: isWrite(redirect) ? 'write' : 'read', recursive: target.glob !== 'none' }];
}

function touchesOf(access: ShellAccess, { known }: Folders, { home }: ShellPlace, kind: TouchedPath['kind']): readonly TouchedPath[] {
  const path = pathOf(access, home);
  if (access.word === '-') return []; // standard input
  if (path === undefined) return [{ path: `/${access.word}`, kind, recursive: access.recursive }]; // ~someone: outside, whoever it is
  return known.map((folder) => ({ path: resolve(folder, path), kind, recursive: access.recursive }));
}

function pathOf({ word, tilde }: { readonly word: string; readonly tilde: boolean }, home: string | undefined): string | undefined {
  if (!tilde) return word;
  if (home === undefined || !isAbsolute(home)) return undefined;
  return word === '~' ? home : word.startsWith('~/') ? join(home, word.slice(2)) : undefined;
}

/** Rules that refuse still see every word that could begin a command. */
function notUnderstood(command: string): ShellJudgement {
  const words = command
    .split(/[\s;&|()<>`"'{}]+/)
    .filter((word) => word !== '')
    .slice(0, 200);
  const part: JudgedPart = {
    ...nothing(command),
    spoken: [command, ...words.map((_, at) => words.slice(at).join(' '))],
    why: 'the command could not be understood',
  };
  return {
    parts: [part],
    risks: [{ start: 0, end: command.length, why: 'the command could not be understood' }],
    isOpaque: true,
    readsOnly: false,
    why: part.why,
    gitFolders: [],
  };
}

/** Without the grammar only a few words without any sign in them are known to be harmless. */
function withoutGrammar(command: string): ShellJudgement {
  const readsOnly = /^(ls|pwd|whoami|true|false)( -[A-Za-z]+)?$/.test(command);
  if (!readsOnly) return notUnderstood(command);
  return {
    parts: [{ ...nothing(command), plain: command, spoken: [command], readsOnly: true, why: undefined }],
    risks: [],
    isOpaque: false,
    readsOnly: true,
    why: undefined,
    gitFolders: [],
  };
}

function nothing(text: string): JudgedPart {
  return { text, plain: undefined, spoken: [], readsOnly: false, why: undefined, touches: [], urls: [], redirects: false };
}
