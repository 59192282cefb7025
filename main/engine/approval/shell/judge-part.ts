/**
 * The verdict on one part, and what the shell would receive in its place: final words, quoted; values of assignments and targets of
 * redirections, quoted. A part of which anything can't be resolved is refused.
 */
import { isHarmless, isNetwork, isWrite } from './assignments-and-redirects.ts';
import type { ShellRedirect, ShellPart } from './shell-parts.ts';
import { type FileUse, type JudgeContext, type Token, toFile } from './programs/judgement.ts';
import { judgeWords } from './programs/judge-words.ts';
import { type FinalWord, resolveWords, toLiteral, unknownReason, type WordPlace } from './words/resolve-words.ts';
import type { ShellWord } from './words/shell-word.ts';
import { defined } from '../../../../preload/contract/index.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Edit extends Span {
  readonly text: string;
}

/** `tokens` replace the first of `spans`; the other spans are removed. `uses`: settings to look at before it runs. */
export interface PartPlan {
  readonly tokens: readonly Token[];
  readonly spans: readonly Span[];
  readonly edits: readonly Edit[];
  readonly uses?: 'git' | 'git-files' | 'npm';
}

/** `mentions`: words that are no files for the program, as far as is known. */
export type PartVerdict =
  | { readonly ok: true; readonly plan: PartPlan; readonly files: readonly FileUse[]; readonly mentions: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly at?: Span };

export interface PartPlace extends WordPlace, JudgeContext {
  /** `folder` is where the part runs, not only where it may run. */
  readonly isFolderCertain: boolean;
  readonly isFolder: (word: string) => Promise<boolean>;
  readonly lost: ShellWord | undefined;
}

export async function judgePart(part: ShellPart, place: PartPlace): Promise<PartVerdict> {
  const { words, assignments, redirects } = part;
  const edits: Edit[] = [];
  for (const assignment of assignments) {
    if (!isHarmless(assignment, words.length > 0))
      return { ok: false, why: `setting ${assignment.name} can change what other commands do`, at: assignment };
    const value = assignment.value === undefined ? undefined : toLiteral(assignment.value, place);
    if (value?.ok === false) return value;
    if (value !== undefined && assignment.value !== undefined)
      edits.push({ start: assignment.value.start, end: assignment.value.end, text: value.notation });
  }
  for (const redirect of redirects) {
    const why = refusedRedirect(redirect);
    const { target, operator } = redirect;
    if (why !== undefined) return { ok: false, why, at: redirect };
    if (target === undefined || (operator.endsWith('&') && /^(\d+-?|-)$/.test(target.text))) continue; // `2>&1` stays as it is
    const literal = toLiteral(target, place);
    if (!literal.ok) return literal;
    edits.push({ start: target.start, end: target.end, text: literal.notation });
  }
  const spans = spansOf(part);
  if (words.length === 0) return { ok: true, plan: { tokens: [], spans: [], edits }, files: [], mentions: [] };
  if (!place.isFolderCertain && words.some((word) => word.glob !== 'none'))
    return { ok: false, why: 'the folder it runs in is not known', at: part };
  const resolved = await resolveWords(words, place);
  if (!resolved.ok) return resolved;
  const looked = resolved.folders.map((folder) => toFile(folder, 'list'));
  if (part.isList === true) return judgeList(resolved.words, { spans, edits, looked });
  const [name] = resolved.words;
  if (name === undefined) return { ok: false, why: 'nothing to run was understood', at: part };
  const judged = await judgeWords(resolved.words, place);
  if (!judged.ok) return { ok: false, why: judged.why, ...defined({ at: judged.at }) };
  const files = [...judged.files, ...looked];
  const goes = judged.tokens.some((token) => 'notation' in token && token.notation === 'cd');
  if (place.lost !== undefined && (files.length > 0 || judged.uses !== undefined || goes))
    return {
      ok: false,
      why: goes ? 'the folder it goes to is not known' : 'the folder it runs in is not known',
      at: goes ? place.lost : part,
    };
  const [target] = judged.files;
  if (goes && part.isPlainStep && (target === undefined || !(await place.isFolder(target.word))))
    return { ok: false, why: 'the folder it goes to does not exist', at: part };
  const runsProgram = judged.tokens.some((token) => 'program' in token && token.program !== 'find');
  return {
    ok: true,
    plan: { tokens: judged.tokens, spans, edits, ...defined({ uses: judged.uses }) },
    files,
    mentions: runsProgram ? mentionsOf(resolved.words.slice(1), judged.files) : [],
  };
}

function judgeList(
  words: readonly FinalWord[],
  { spans, edits, looked }: { readonly spans: readonly Span[]; readonly edits: readonly Edit[]; readonly looked: readonly FileUse[] },
): PartVerdict {
  const variable = words.find((word) => word.hasVariable);
  if (variable !== undefined) return { ok: false, why: unknownReason('variable'), at: variable.at };
  return { ok: true, plan: { tokens: words.map(({ notation }) => ({ notation })), spans, edits }, files: looked, mentions: [] };
}

function refusedRedirect(redirect: ShellRedirect): string | undefined {
  const { target, operator } = redirect;
  if (isWrite(redirect)) return `writes to ${target?.text ?? ''}`;
  if (isNetwork(redirect)) return 'reaches the network';
  if (target === undefined) return undefined;
  if (operator === '<<<')
    return target.unknown === 'none' || target.unknown === 'variable' || target.unknown === 'brace'
      ? undefined
      : unknownReason(target.unknown);
  return target.glob !== 'none' || target.unknown !== 'none' || target.tilde ? 'the shell computes what is read here' : undefined;
}

/** All words as one span, unless a redirection is between them. */
function spansOf({ words, redirects, start, end, isList }: ShellPart): readonly Span[] {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  if (first.text === '[[' || first.text === '[') return first.start === start ? [{ start, end }] : [{ start: first.start, end: last.end }];
  const isWhole = isList === true || redirects.every((redirect) => redirect.end <= first.start || redirect.start >= last.end);
  return isWhole ? [{ start: first.start, end: last.end }] : words.map((word) => ({ start: word.start, end: word.end }));
}

/**
 * A mistake about an option's value could make a file of a word, so words that name protected files count in any position: whole,
 * behind `=`, behind a letter.
 */
function mentionsOf(words: readonly FinalWord[], files: readonly FileUse[]): readonly string[] {
  const known = new Set(files.map(({ word }) => word));
  const candidates = words.flatMap(({ text }) => [
    text,
    text.slice(text.indexOf('=') + 1),
    ...(/^-[^-]/.test(text) ? [text.slice(2)] : []),
  ]);
  return [...new Set(candidates)].filter((text) => text !== '' && text.length < 1000 && !known.has(text) && !text.startsWith('-'));
}
