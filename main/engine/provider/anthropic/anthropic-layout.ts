/**
 * The order of an answer's blocks, stored as the value of its signature. The model that produced the thinking gets the answer
 * back block by block in the original order; all other code reads only its thinking and its text. The layout stores lengths,
 * because the history keeps the texts anyway. Pure.
 */
import { z } from 'zod';

const chars = z.number().int().nonnegative();
const Piece = z.union([
  /** `signature` is empty if the endpoint signs nothing. */
  z.object({ thinking: chars, signature: z.string() }),
  /** Encrypted thinking. */
  z.object({ redacted: z.string() }),
  z.object({ text: chars }),
  z.object({ calls: chars }),
]);
export type LayoutPiece = z.infer<typeof Piece>;

/** If a single signed block of thinking comes first, the value is just its signature, which is also how Qwen Code stores it. */
export function writeLayout(pieces: readonly LayoutPiece[]): string {
  const [first, ...others] = pieces;
  const isPlain = first !== undefined && 'signature' in first && first.signature !== '' && others.every(isNoThinking);
  return isPlain ? first.signature : JSON.stringify(pieces);
}

/** Undefined if `value` is not a layout of this answer: its thinking is then omitted. */
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
    return undefined; // a value from a damaged file: the answer is sent without its thinking
  }
}

function isNoThinking(piece: LayoutPiece): boolean {
  return 'text' in piece || 'calls' in piece;
}
