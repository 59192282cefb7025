/**
 * What people should notice first about a command: that it destroys something, uses the network or runs with more rights. Only what
 * is known is marked; an unknown program has no mark, and a mark decides nothing about approvals. Reads only whether a file exists.
 */
import type { CommandMark } from '../../../../preload/contract/index.ts';
import { isNetwork, isWrite } from './assignments-and-redirects.ts';
import { DESTRUCTIVE, NETWORK, PRIVILEGE, SHELLS, WRAPPER_VALUES } from './mark-tables.ts';
import type { ShellPart, ShellReading, ShellRedirect } from './shell-parts.ts';
import type { ShellWord } from './words/shell-word.ts';

/** `isFile`: a file that the word names exists where this part of the command runs. */
export interface MarkPlace {
  readonly isFile: (word: ShellWord, part: number) => Promise<boolean>;
}

type Code = CommandMark['code'];

/** In the order of the text, each once. */
export async function findMarks({ parts }: ShellReading, source: string, place: MarkPlace): Promise<readonly CommandMark[]> {
  const found = await Promise.all(
    parts.map(async (part, at) => (part.isList === true ? [] : marksOf(part, source, (word) => place.isFile(word, at)))),
  );
  const marks = new Map(found.flat().map((mark) => [`${mark.start} ${mark.end} ${mark.code}`, mark]));
  return [...marks.values()].sort((one, other) => one.start - other.start || one.end - other.end);
}

type IsFile = (word: ShellWord) => Promise<boolean>;

async function marksOf(part: ShellPart, source: string, isFile: IsFile): Promise<readonly CommandMark[]> {
  const marks: CommandMark[] = [];
  const add = (code: Code, from: { readonly start: number }, to: { readonly end: number }) =>
    marks.push({ start: from.start, end: to.end, code });
  for (const redirect of part.redirects) {
    if (isNetwork(redirect)) add('network', redirect, redirect);
    if (await overwrites(redirect, isFile)) add('destructive', redirect, redirect);
  }
  const words = unwrapped(part.words, (word) => add('privilege', word, word));
  const [program, ...rest] = words;
  if (program === undefined) return marks;
  const name = baseName(program.text);
  const texts = rest.map((word) => word.text);
  for (const [code, table] of [
    ['destructive', DESTRUCTIVE],
    ['network', NETWORK],
  ] as const) {
    const rule = Object.hasOwn(table, name) ? table[name] : undefined;
    const at = rule === undefined ? undefined : rule === true ? -1 : rule(texts);
    const last = at === undefined ? undefined : at < 0 ? program : rest[at];
    if (last !== undefined) add(code, program, last);
  }
  const force = rest.find(({ text }) => /^--force(=|$)/.test(text));
  if (force !== undefined) add('destructive', force, force);
  if (SHELLS.has(name) && isPiped(part, source) && texts.every((text) => text.startsWith('-'))) add('destructive', program, program);
  if (name === 'tee' && !texts.some((text) => /^(-[a-z]*a[a-z]*|--append)$/.test(text)))
    for (const word of rest) if (!word.text.startsWith('-') && (await isFile(word))) add('destructive', word, word);
  return marks;
}

/** Without the programs in front that run the command after them. `onPrivilege` gets those that change the user. */
function unwrapped(words: readonly ShellWord[], onPrivilege: (word: ShellWord) => void): readonly ShellWord[] {
  let rest = words;
  for (;;) {
    const [first] = rest;
    if (first === undefined) return rest;
    const name = baseName(first.text);
    const isPrivilege = PRIVILEGE.has(name);
    if (isPrivilege) onPrivilege(first);
    const wrapper = Object.hasOwn(WRAPPER_VALUES, name) ? WRAPPER_VALUES[name] : undefined;
    if (wrapper === undefined) return isPrivilege ? [] : rest;
    rest = rest.slice(1 + behindOptions(rest.slice(1), wrapper));
  }
}

/** How many words belong to the wrapper itself: options, their values, assignments, and its own operands. */
function behindOptions(words: readonly ShellWord[], { values, operands }: { readonly values: string; readonly operands: number }): number {
  let at = 0;
  for (let left = operands; at < words.length; at += 1) {
    const { text } = words[at] ?? { text: '' };
    if (/^-[A-Za-z]$/.test(text) && values.includes(text.charAt(1))) at += 1;
    else if (text.startsWith('-') || /^[A-Za-z_]\w*=/.test(text)) continue;
    else if (left > 0) left -= 1;
    else break;
  }
  return at;
}

/** `a > b` where `b` exists; `>>` keeps what is there. */
async function overwrites(redirect: ShellRedirect, isFile: IsFile): Promise<boolean> {
  const { operator, target } = redirect;
  return isWrite(redirect) && /^(?:&>|>&|>\||>)$/.test(operator) && target !== undefined && (await isFile(target));
}

/** What another command prints is run. */
function isPiped({ start }: ShellPart, source: string): boolean {
  return /(?:^|[^|])\|&?\s*(?:\w+\s+)*$/.test(source.slice(0, start));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
