/**
 * What a command would do, part by part: which parts only read, what they access, where the text is risky, and the words that the
 * shell would receive. It reports facts; rules and modes are applied elsewhere. It reads names on the disk, nothing else.
 * Flow: tree -> parts -> final words of each part -> verdict, files (resolved against every folder the command may be in by then).
 */
import type { CommandMark } from '../../../../preload/contract/index.ts';
import type { WorkspaceFs } from '../../ports.ts';
import { isAbsolute, join } from 'node:path';
import { findMarks } from './command-marks.ts';
import { judgePart, type PartPlan } from './judge-part.ts';
import type { ShellAccess } from './shell-access.ts';
import { findEffects, innerScripts, isWrapper, canonicalForms } from './shell-effects.ts';
import { type Folders, findFolders, foldersOfParts, type ShellPlace, type TouchedPath, findTouches } from './shell-folders.ts';
import type { ParseShell } from './shell-grammar.ts';
import { readShell, type ShellPart, type ShellRisk } from './shell-parts.ts';
import { accessOfRedirect, isHarmless, isWrite } from './assignments-and-redirects.ts';

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
  /** The words of a loop, which run nothing. */
  readonly isList?: true;
  /** What the shell would receive in the part's place, if it only reads. */
  readonly plan?: PartPlan;
  /** The words as written; absent for parts of another shell's text. */
  readonly written?: readonly string[];
}

export interface ShellClassification {
  readonly parts: readonly ClassifiedPart[];
  readonly risks: readonly ShellRisk[];
  readonly marks: readonly CommandMark[];
  /**
   * No rule about single commands can allow it: parts that are not understood, or commands whose output becomes part of the
   * text.
   */
  readonly isOpaque: boolean;
  /** Every part only reads, and nothing is risky. */
  readonly readsOnly: boolean;
  /** The first reason why it does more than read. */
  readonly why: string | undefined;
  /** All folders the command may be in at some point. */
  readonly folders: readonly string[];
}

export interface ClassifyPlace extends ShellPlace {
  readonly fs: Pick<WorkspaceFs, 'list' | 'stat'>;
  readonly locale: string;
  readonly platform: NodeJS.Platform;
  readonly hasWall: boolean;
}

const MAX_INNER = 3;

export async function classifyShell(
  command: string,
  parse: ParseShell | undefined,
  place: ClassifyPlace,
  depth = 0,
): Promise<ShellClassification> {
  const root = command.trim() === '' ? undefined : parse?.(command);
  if (root === undefined) return notUnderstood(command, place); // without a grammar this happens to every command
  const reading = readShell(command, root);
  const folders = findFolders(reading, place);
  const foldersAt = foldersOfParts(reading, place);
  const classified = await Promise.all(
    reading.parts.map((part, at) => classifyPart(command, part, { folders, folder: foldersAt[at], place })),
  );
  const risks = [
    ...reading.risks,
    ...classified.flatMap(({ risk }) => (risk === undefined || (risk.isPlain && classified.length === 1) ? [] : [risk])),
  ];
  const scripts = depth >= MAX_INNER ? [] : reading.parts.flatMap((part) => innerScripts(part.words).map((script) => ({ script, part })));
  const inside = await Promise.all(scripts.map(({ script }) => classifyShell(script, parse, place, depth + 1)));
  const own = await findMarks(reading, command, {
    isFile: async (word, at) => {
      if (word.unknown !== 'none' || word.glob !== 'none' || word.tilde) return false;
      const path = isAbsolute(word.text) ? word.text : join(foldersAt[at] ?? place.cwd, word.text);
      return (await place.fs.stat(path).catch(() => undefined))?.isFile === true;
    },
  });
  // Offsets inside of another shell's text are not those of the command.
  const ofScripts = inside.flatMap(({ marks }, at) =>
    marks.map(({ code }) => ({ code, start: scripts[at]?.part.start ?? 0, end: scripts[at]?.part.end ?? 0 })),
  );
  const parts: readonly ClassifiedPart[] = [
    ...classified.map(({ part }) => part),
    ...inside
      .flatMap((classification) => classification.parts)
      .map(({ plan: _plan, written: _written, ...part }) => ({ ...part, plain: undefined, readsOnly: false })),
  ];
  const why = reading.risks[0]?.why ?? parts.find((part) => !part.readsOnly)?.why;
  return {
    parts,
    marks: [...own, ...uniqueMarks(ofScripts)].toSorted((one, other) => one.start - other.start),
    risks: risks.map(({ start, end, why: said }) => ({ start, end, why: said })).toSorted((one, other) => one.start - other.start),
    isOpaque: reading.risks.length > 0 || reading.substitutes,
    readsOnly: parts.length > 0 && reading.risks.length === 0 && parts.every((part) => part.readsOnly),
    why: parts.length === 0 ? 'nothing to run was understood' : why,
    folders: folders.known,
  };
}

function uniqueMarks(marks: readonly CommandMark[]): readonly CommandMark[] {
  return [...new Map(marks.map((mark) => [JSON.stringify(mark), mark])).values()];
}

interface PartRisk extends ShellRisk {
  /** The only finding is that the command is not known to be read-only. */
  readonly isPlain: boolean;
}

interface PartScope {
  readonly folders: Folders;
  /** The folder that patterns are matched in; undefined: not certain. */
  readonly folder: string | undefined;
  readonly place: ClassifyPlace;
}

async function classifyPart(command: string, part: ShellPart, { folders, folder, place }: PartScope) {
  const { words } = part;
  const { fs } = place;
  const at = folder ?? place.cwd;
  const find = (word: string) => fs.stat(isAbsolute(word) ? word : join(at, word)).catch(() => undefined);
  const verdict = await judgePart(part, {
    source: command,
    home: place.home,
    folder: at,
    isFolderCertain: folder !== undefined,
    lost: folders.lost,
    fs,
    locale: place.locale,
    platform: place.platform,
    hasWall: place.hasWall,
    exists: async (word) => (await find(word)) !== undefined,
    isFolder: async (word) => (await find(word))?.isDirectory === true,
  });
  const effects = verdict.ok ? { accesses: [], urls: [], mentions: [] } : findEffects(words);
  const redirected = part.redirects.flatMap(accessOfRedirect);
  const read: readonly ShellAccess[] = verdict.ok ? verdict.files.map((file) => ({ ...file, tilde: false })) : effects.accesses;
  const mentions = verdict.ok
    ? verdict.mentions.map((word) => ({ word, tilde: false, kind: 'read' as const, recursive: false }))
    : effects.mentions;
  const touches = [
    ...[...read, ...redirected].flatMap((access) => findTouches(access, folders, place, access.kind)),
    ...mentions.flatMap((access) => findTouches(access, folders, place, verdict.ok ? 'named' : 'mention')),
  ];
  const isLiteral = words.every((word) => ['none', 'variable', 'environment'].includes(word.unknown)) && words[0]?.unknown === 'none';
  const isSet = part.assignments.every((each) => isHarmless(each, words.length > 0));
  const isList = part.isList === true;
  const span = verdict.ok ? undefined : (verdict.at ?? { start: part.start, end: part.end });
  return {
    part: {
      text: command.slice(part.start, part.end),
      plain:
        isLiteral && isSet && !isList && !part.isNested && words.length > 0 && !words.some((word) => word.tilde && word === words[0])
          ? words.map((word) => word.text).join(' ')
          : undefined,
      canonicalForms: words.length === 0 || isList ? [] : [...canonicalForms(words), command.slice(part.start, part.end)],
      readsOnly: verdict.ok,
      why: verdict.ok ? undefined : verdict.why,
      touches,
      urls: effects.urls,
      redirects: part.redirects.some((redirect) => isWrite(redirect)),
      ...(isList ? { isList } : {}),
      ...(verdict.ok ? { plan: verdict.plan } : {}),
      written: words.map((word) => command.slice(word.start, word.end)),
    } satisfies ClassifiedPart,
    risk:
      verdict.ok || span === undefined
        ? undefined
        : ({
            start: span.start,
            end: span.end,
            why: verdict.why,
            isPlain: span === words[0] && !isWrapper(words[0]?.text ?? ''),
          } satisfies PartRisk),
  };
}

/** Deny rules still see every word that could begin a command. */
function notUnderstood(command: string, { cwd }: ShellPlace): ShellClassification {
  const words = command
    .split(/[\s;&|()<>`"'{}]+/)
    .filter((word) => word !== '')
    .slice(0, 200);
  const why = 'the command could not be understood';
  const part: ClassifiedPart = {
    text: command,
    plain: undefined,
    canonicalForms: [command, ...words.map((_, at) => words.slice(at).join(' '))],
    readsOnly: false,
    why,
    touches: [],
    urls: [],
    redirects: false,
  };
  return {
    parts: [part],
    risks: [{ start: 0, end: command.length, why }],
    marks: [],
    isOpaque: true,
    readsOnly: false,
    why,
    folders: [cwd],
  };
}
