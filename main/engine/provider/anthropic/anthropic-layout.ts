/**
 * The order of an answer's blocks, as the value of its signature: an answer goes back to who thought it block by block as it
 * came, while everything else reads only its thinking and its text. Lengths stand for what the history keeps anyway. Pure.
 */
import { z } from 'zod';

const chars = z.number().int().nonnegative();
const Piece = z.union([
  /** `signature` is empty where the endpoint signs nothing. */
  z.object({ thinking: chars, signature: z.string() }),
  /** Encrypted thinking. */
  z.object({ redacted: z.string() }),
  z.object({ text: chars }),
  z.object({ calls: chars }),
]);
export type LayoutPiece = z.infer<typeof Piece>;

/** One signed block of thinking before everything else is its signature alone, which is also how Qwen Code keeps it. */
export function writeLayout(pieces: readonly LayoutPiece[]): string {
  const [first, ...others] = pieces;
  const isPlain = first !== undefined && 'signature' in first && first.signature !== '' && others.every(isNoThinking);
  return isPlain ? first.signature : JSON.stringify(pieces);
}

/** Undefined for what is no layout of this answer: its thinking is then left out. */
export function readLayout(value: string, answer: { readonly thinking: string; readonly text: string }): LayoutPiece[] | undefined {
  if (!value.startsWith('[')) return [{ thinking: answer.thinking.length, signature: value }, { text: answer.text.length }];
  try {
    const pieces = Piece.array().safeParse(JSON.parse(value)).data;
    const length = (of: (piece: LayoutPiece) => number) => pieces?.reduce((sum, piece) => sum + of(piece), 0);
    const fits = length((piece) => ('thinking' in piece ? piece.thinking : 0)) === answer.thinking.length;
    const hasAllText = length((piece) => ('text' in piece ? piece.text : 0)) === answer.text.length;
    if (pieces === undefined || !fits) return undefined;
    return hasAllText ? pieces : [...pieces.filter((piece) => !isNoThinking(piece)), { text: answer.text.length }];
  } catch {
    return undefined; // a value of a damaged file: the answer goes back without its thinking
  }
}

function isNoThinking(piece: LayoutPiece): boolean {
  return 'text' in piece || 'calls' in piece;
}
