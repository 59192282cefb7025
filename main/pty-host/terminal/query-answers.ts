/**
 * The answers to a command's terminal queries: fixed forms that contain nothing from the query (BT-30).
 * The attributes are those that xterm.js reports; the colours are those of the dark theme, which the terminal uses.
 */
import type { VtQuery } from './vt-tables.ts';

const ANSWERS: Readonly<Record<Exclude<VtQuery, 'cursor' | 'private_cursor'>, string>> = {
  primary_attributes: '\x1b[?1;2c',
  secondary_attributes: '\x1b[>0;276;0c',
  status: '\x1b[0n',
  foreground: '\x1b]10;rgb:d4d4/d4d4/d4d4\x1b\\',
  background: '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
};

export async function answerTo(query: VtQuery, cursor: () => Promise<{ row: number; col: number }>): Promise<string> {
  if (query !== 'cursor' && query !== 'private_cursor') return ANSWERS[query];
  const { row, col } = await cursor();
  return `\x1b[${query === 'cursor' ? '' : '?'}${row};${col}R`;
}
