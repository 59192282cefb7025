/**
 * A here-document: whether it ends where it appears to, and whether the shell changes its text. Pure. Source: bash(1),
 * REDIRECTION.
 */
import type { ShellNode } from './shell-grammar.ts';
import { isHarmlessVariable } from './words/shell-word.ts';

export interface HeredocFindings {
  readonly risks: readonly { readonly at: ShellNode; readonly why: string }[];
  /** A command's output becomes part of the text. */
  readonly substitutes: boolean;
}

/** `isSecond`: several here-documents on one line are not distinguished. */
export function inspectHeredoc(source: string, node: ShellNode, isSecond: boolean): HeredocFindings {
  const part = (type: string) => node.children.find((child) => child.type === type);
  const [mark, body, end] = [part('heredoc_start'), part('heredoc_body'), part('heredoc_end')];
  const said = mark === undefined ? '' : source.slice(mark.start, mark.end);
  const name = /^(['"]?)([A-Za-z_][A-Za-z0-9_]*)\1$/.exec(said);
  const text = body === undefined ? '' : source.slice(body.start, body.end);
  const tabs = source.startsWith('<<-', node.start);
  const ends = text.split('\n').some((line) => (tabs ? line.replace(/^\t+/, '') : line) === name?.[2]);
  const closes = end !== undefined && source.slice(end.start, end.end).replace(/^\t+/, '') === name?.[2];
  const isOdd = name === null || ends || !closes || isSecond;
  const variables = [...text.matchAll(/\$([A-Za-z_]\w*)/g)].every(([, variable = '']) => isHarmlessVariable(variable));
  const isChanged = name?.[1] === '' && (!variables || /`|\$[([{]|\\/.test(text));
  return {
    risks: [
      ...(isOdd ? [{ at: mark ?? node, why: 'a here-document that is not understood' }] : []),
      ...(isChanged ? [{ at: body ?? node, why: 'a here-document whose text the shell changes' }] : []),
    ],
    substitutes: isChanged && /`|\$\((?!\()/.test(text),
  };
}
