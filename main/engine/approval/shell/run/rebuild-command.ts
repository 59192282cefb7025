/**
 * Writes a command anew from what was judged: absolute programs, final words, everything quoted; operators and reserved words stay.
 * The result is parsed once more, and must have exactly the intended words. Pure.
 */
import { type Edit, type PartPlan } from '../judge-part.ts';
import type { Token } from '../programs/judgement.ts';
import type { ParseShell } from '../shell-grammar.ts';
import { readShell } from '../shell-parts.ts';
import { quoteWord } from '../../../lib/quote-word.ts';

/** Linux passes no longer text as one argument. Unit: UTF-16 code units. */
const MAX_REBUILT_CHARS = 100_000;

export interface RebuildOptions {
  /** Absolute paths by name. */
  readonly programs: ReadonlyMap<string, string>;
  readonly parse: ParseShell;
  /** Set in front of git, where the environment of the whole command can't have them. */
  readonly gitVariables: Readonly<Record<string, string>>;
}

/** Undefined: the result can't be relied on. */
export function rebuildCommand(
  command: string,
  plans: readonly PartPlan[],
  { programs, parse, gitVariables }: RebuildOptions,
): string | undefined {
  const toText = (token: Token): string => ('program' in token ? quoteWord(programs.get(token.program) ?? '') : token.notation);
  const settings = Object.entries(gitVariables)
    .map(([name, value]) => `${name}=${quoteWord(value)} `)
    .join('');
  const textOfPlan = ({ tokens, uses }: PartPlan) =>
    `${uses === 'git' || uses === 'git-files' ? settings : ''}${tokens.map(toText).join(' ')}`;
  const edits = plans.flatMap((plan): readonly Edit[] => [
    ...plan.edits,
    ...plan.spans.map((span, at) => ({ ...span, text: at === 0 ? textOfPlan(plan) : '' })),
  ]);
  const rebuilt = applyEdits(command, edits);
  return rebuilt !== undefined && isSame(rebuilt, plans, { toText, parse }) ? rebuilt : undefined;
}

function applyEdits(command: string, edits: readonly Edit[]): string | undefined {
  let text = '';
  let done = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    if (edit.start < done) return undefined; // two parts of the reading overlap
    text += command.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return text + command.slice(done);
}

function isSame(
  rebuilt: string,
  plans: readonly PartPlan[],
  { toText, parse }: { readonly toText: (token: Token) => string; readonly parse: ParseShell },
): boolean {
  const root = parse(rebuilt, MAX_REBUILT_CHARS);
  if (root === undefined) return false;
  const reading = readShell(rebuilt, root);
  const found = reading.parts.flatMap(({ words }) => words.map(({ start, end }) => rebuilt.slice(start, end)));
  const intended = plans.flatMap(({ tokens }) => tokens.flatMap((token) => toText(token).split(BARE_WORDS)));
  return reading.risks.length === 0 && found.length === intended.length && found.every((word, at) => word === intended[at]);
}

/** `time -p` are two words. */
const BARE_WORDS = /(?<=^time) (?=-p$)/;
