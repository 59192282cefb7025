/**
 * What a command would do, part by part: which parts only read, what they access, and where the text is risky. It reports
 * facts; rules and modes are applied elsewhere. Pure, apart from the grammar passed to it.
 * Flow: tree -> parts -> words of each part -> verdict, files (resolved against every folder the command may be in by then).
 */
import { type CommandVerdict, refuse } from './command-verdict.ts';
import { judgeWords } from './command-words.ts';
import { effectsOf, innerScripts, isWrapper, spokenForms } from './shell-effects.ts';
import { type Folders, foldersOf, type ShellPlace, type TouchedPath, touchesOf } from './shell-folders.ts';
import type { ParseShell } from './shell-grammar.ts';
import { readShell, type ShellPart, type ShellRisk } from './shell-parts.ts';
import { accessOfRedirect, isHarmless, isNetwork, isWrite } from './assignments-and-redirects.ts';
import type { ShellWord } from './shell-word.ts';

export interface JudgedPart {
  readonly text: string;
  /** One line of plain words, for allow rules; absent if the words are uncertain. */
  readonly plain: string | undefined;
  /** For deny and ask rules. */
  readonly spoken: readonly string[];
  /** Only reads the paths in `touches`. */
  readonly readsOnly: boolean;
  /** The reason, as a clause. */
  readonly why: string | undefined;
  readonly touches: readonly TouchedPath[];
  readonly urls: readonly string[];
  /** A redirection writes a file; rules about the command do not cover that. */
  readonly redirects: boolean;
}

export interface ShellJudgement {
  readonly parts: readonly JudgedPart[];
  readonly risks: readonly ShellRisk[];
  /**
   * No rule about single commands can allow it: parts that are not understood, or commands whose output becomes part of the
   * text.
   */
  readonly isOpaque: boolean;
  /** Every part only reads, and nothing is risky. */
  readonly readsOnly: boolean;
  /** The first reason why it does more than read. */
  readonly why: string | undefined;
  /** Folders in which git runs; their settings may name programs. */
  readonly gitFolders: readonly string[];
}

const MAX_INNER = 3;

export function judgeShell(command: string, parse: ParseShell | undefined, place: ShellPlace, depth = 0): ShellJudgement {
  const root = command.trim() === '' ? undefined : parse?.(command);
  if (root === undefined) return notUnderstood(command); // without a grammar this happens to every command
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

interface PartRisk extends ShellRisk {
  /** The only finding is that the command is not known to be read-only. */
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
  const isSet = part.assignments.every((each) => isHarmless(each, words.length > 0));
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
  const set = assignments.find((assignment) => !isHarmless(assignment, words.length > 0));
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
      (each.target !== undefined && each.target.glob !== 'none' && each.operator !== '<<<') ||
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

/** Deny rules still see every word that could begin a command. */
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

function nothing(text: string): JudgedPart {
  return { text, plain: undefined, spoken: [], readsOnly: false, why: undefined, touches: [], urls: [], redirects: false };
}
