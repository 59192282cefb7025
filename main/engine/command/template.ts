/**
 * Splits the text of a custom command into pieces. Pure. Only the command's own file is parsed: text from a file, from a
 * command's output or from the arguments is never parsed again. Source: docs/formats.md 7.3.
 */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'shell'; readonly command: string }
  | { readonly kind: 'args' };

export type Template = { readonly ok: true; readonly pieces: readonly Piece[] } | { readonly ok: false; readonly problem: string };

const ARGS = '{{args}}';

export function parseTemplate(body: string): Template {
  const pieces: Piece[] = [];
  let text = '';
  const push = (piece: Piece) => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
    pieces.push(piece);
  };
  for (let at = 0; at < body.length; ) {
    const mark = body.slice(at, at + 2);
    if (body.startsWith(ARGS, at)) {
      push({ kind: 'args' });
      at += ARGS.length;
    } else if (mark === '@{' || mark === '!{') {
      const end = closingBrace(body, at + 2);
      if (end === -1) return { ok: false, problem: `"${body.slice(at, at + 20)}" has no closing brace.` };
      const inner = body.slice(at + 2, end).trim();
      if (inner === '') return { ok: false, problem: `"${mark}}" is empty.` };
      push(mark === '@{' ? { kind: 'file', path: inner } : { kind: 'shell', command: inner });
      at = end + 1;
    } else {
      text += body[at];
      at += 1;
    }
  }
  if (text !== '') pieces.push({ kind: 'text', text });
  return { ok: true, pieces };
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Without `{{args}}` in any piece, the arguments are added at the end. */
export function takesArgs(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => piece.kind === 'args' || (piece.kind === 'shell' && piece.command.includes(ARGS)));
}

/** The command with the arguments as one quoted word, so that none of their characters has a meaning for the shell. */
export function withQuotedArgs(command: string, args: string): string {
  return command.replaceAll(ARGS, () => `'${args.replaceAll("'", "'\\''")}'`);
}
