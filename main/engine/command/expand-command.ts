/** Expands a custom command with its arguments to a prompt: first files, then the shell, then the arguments. Source: docs/formats.md 7.3. */
import { EngineError } from '../errors.ts';
import { parseTemplate, type Piece, takesArgs, withQuotedArgs } from './template.ts';

/** Both request approval like a tool call. Errors: `EngineError` with a message for the user; nothing is sent in that case. */
export interface ExpansionPorts {
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>;
  readonly runShell: (command: string, signal: AbortSignal) => Promise<string>;
}

export interface Expandable {
  readonly name: string;
  readonly body: string;
}

/** Errors: `command_failed`, `cancelled`, and those of the ports. */
export async function expandCommand({ name, body }: Expandable, args: string, ports: ExpansionPorts, signal: AbortSignal): Promise<string> {
  const template = parseTemplate(body);
  if (!template.ok) throw new EngineError('command_failed', `/${name} was not sent: ${template.problem} Fix the file of the command.`);
  const { pieces } = template;
  const texts = new Map<Piece, string>();
  for (const kind of ['file', 'shell'] as const) {
    for (const piece of pieces) {
      if (piece.kind !== kind) continue;
      if (signal.aborted) throw new EngineError('cancelled', `/${name} was stopped before it was sent.`);
      texts.set(
        piece,
        piece.kind === 'file'
          ? await ports.readFile(piece.path, signal)
          : await ports.runShell(withQuotedArgs(piece.command, args), signal),
      );
    }
  }
  const text = pieces.map((piece) => expandPiece(piece, texts, args)).join('');
  return takesArgs(pieces) || args === '' ? text : `${text}\n\n${args}`;
}

function expandPiece(piece: Piece, texts: ReadonlyMap<Piece, string>, args: string): string {
  if (piece.kind === 'text') return piece.text;
  return piece.kind === 'args' ? args : (texts.get(piece) ?? '');
}
