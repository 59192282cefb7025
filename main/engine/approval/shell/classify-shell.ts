/**
 * What a command would do, part by part: which parts only read, what they access, and where the text is risky. It reports
 * facts; rules and modes are applied elsewhere. Pure, apart from the grammar passed to it.
 * Flow: tree -> parts -> words of each part -> verdict, files (resolved against every folder the command may be in by then).
 */
import { type CommandVerdict, refuse } from './command-verdict.ts';
import { classifyWords } from './command-words.ts';
import { findEffects, innerScripts, isWrapper, canonicalForms } from './shell-effects.ts';
import { type Folders, findFolders, type ShellPlace, type TouchedPath, findTouches } from './shell-folders.ts';
import type { ParseShell } from './shell-grammar.ts';
import { readShell, type ShellPart, type ShellRisk } from './shell-parts.ts';
import { accessOfRedirect, isHarmless, isNetwork, isWrite } from './assignments-and-redirects.ts';
import type { ShellWord } from './shell-word.ts';

export interface ClassifiedPart {
  readonly text: string;
  /** One line of plain words, for allow rules; absent if the words are uncertain. */
  readonly plain: string | undefined;
  /** For deny and ask rules. */
  readonly canonicalForms: readonly string[];
  /** Only reads the paths in `touches`. */
  readonly readsOnly: boolean;
  /** The reason, as a clause. */
  readonly why: string | undefined;
  readonly touches: readonly TouchedPath[];
  readonly urls: readonly string[];
  /** A redirection writes a file; rules about the command do not cover that. */
  readonly redirects: boolean;
}

export interface ShellClassification {
  readonly parts: readonly ClassifiedPart[];
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

export function classifyShell(command: string, parse: ParseShell | undefined, place: ShellPlace, depth = 0): ShellClassification {
  const root = command.trim() === '' ? undefined : parse?.(command);
  if (root === undefined) return notUnderstood(command); // without a grammar this happens to every command
  const reading = readShell(command, root);
  const folders = findFolders(reading, place);
  const classified = reading.parts.map((part) => classifyPart(command, part, folders, place));
  const risks = [
    ...reading.risks,
    ...classified.flatMap(({ risk }) => (risk === undefined || (risk.isPlain && classified.length === 1) ? [] : [risk])),
  ];
  const inner =
    depth >= MAX_INNER
      ? []
      : reading.parts.flatMap((part) => innerScripts(part.words)).map((script) => classifyShell(script, parse, place, depth + 1));
  const parts = [
    ...classified.map(({ part }) => part),
    ...inner.flatMap((classification) => classification.parts).map((part) => ({ ...part, plain: undefined, readsOnly: false })),
  ];
  const why = reading.risks[0]?.why ?? parts.find((part) => !part.readsOnly)?.why;
  return {
    parts,
    risks: risks.map(({ start, end, why: said }) => ({ start, end, why: said })).toSorted((one, other) => one.start - other.start),
    isOpaque: reading.risks.length > 0 || reading.substitutes,
    readsOnly: parts.length > 0 && reading.risks.length === 0 && parts.every((part) => part.readsOnly),
    why: parts.length === 0 ? 'nothing to run was understood' : why,
    gitFolders: classified.some(({ usesGit }) => usesGit) ? folders.known : [],
  };
}

interface PartRisk extends ShellRisk {
  /** The only finding is that the command is not known to be read-only. */
  readonly isPlain: boolean;
}

function classifyPart(command: string, part: ShellPart, folders: Folders, place: ShellPlace) {
  const { words } = part;
  const verdict = toVerdict(part, folders);
  const effects = verdict.ok ? { accesses: [], urls: [], mentions: [] } : findEffects(words);
  const redirected = part.redirects.flatMap(accessOfRedirect);
  const accesses = [...(verdict.ok ? verdict.accesses : effects.accesses), ...redirected];
  const touches = [
    ...accesses.flatMap((access) => findTouches(access, folders, place, access.kind)),
    ...effects.mentions.flatMap((access) => findTouches(access, folders, place, 'mention')),
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
      canonicalForms: words.length === 0 ? [] : [...canonicalForms(words), command.slice(part.start, part.end)],
      readsOnly: verdict.ok,
      why: verdict.ok ? undefined : verdict.why,
      touches,
      urls: effects.urls,
      redirects: part.redirects.some((redirect) => isWrite(redirect)),
    } satisfies ClassifiedPart,
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

function toVerdict({ words, assignments, redirects, start, end }: ShellPart, folders: Folders): CommandVerdict {
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
  const verdict = classifyWords(words);
  if (!verdict.ok || verdict.accesses.length === 0 || folders.lost === undefined) {
    const goes = words[0]?.text === 'cd' && folders.lost !== undefined;
    return goes ? refuse('the folder it goes to is not known', folders.lost) : verdict;
  }
  return refuse('the folder it runs in is not known', span('', { start, end }));
}

/** Deny rules still see every word that could begin a command. */
function notUnderstood(command: string): ShellClassification {
  const words = command
    .split(/[\s;&|()<>`"'{}]+/)
    .filter((word) => word !== '')
    .slice(0, 200);
  const part: ClassifiedPart = {
    ...nothing(command),
    canonicalForms: [command, ...words.map((_, at) => words.slice(at).join(' '))],
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

function nothing(text: string): ClassifiedPart {
  return { text, plain: undefined, canonicalForms: [], readsOnly: false, why: undefined, touches: [], urls: [], redirects: false };
}
