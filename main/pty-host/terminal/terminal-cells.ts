/**
 * Redraws in place the screen cells that xterm's serializer loses: hyperlinks (OSC 8), and blanks with
 * more than a background, which remain when half of a wide character is overwritten in inverse video. In the scrollback
 * they stay lost: the cursor cannot go there.
 */
import type { IBufferCell, Terminal } from '@xterm/headless';
import { linkOf, read, sgr } from './terminal-attributes.ts';

/** The command chooses its links; a longer one is dropped as unusable. Unit: UTF-16 code units. */
const LINK_CHARS = 2048;
const CLOSE_LINK = '\x1b]8;;\x1b\\';

/** Expects the reset state, without origin mode and margins; leaves the cursor anywhere and no link open. */
export function lostCells(terminal: Terminal): string {
  const buffer = terminal.buffer.active;
  const cell = buffer.getNullCell();
  let drawn = '';
  for (let row = 0; row < terminal.rows; row++) {
    const line = buffer.getLine(buffer.baseY + row);
    let nextCol = -1;
    let link = '';
    for (let col = 0; line !== undefined && col < terminal.cols; col++) {
      if (line.getCell(col, cell) === undefined || cell.getWidth() === 0) continue;
      const own = openLink(terminal, cell);
      if (own === '' && !isLostBlank(cell)) continue;
      const switched = own === link ? '' : own === '' ? CLOSE_LINK : own;
      link = own;
      drawn += `${col === nextCol ? '' : `\x1b[${row + 1};${col + 1}H`}${switched}${sgr(cell)}${cell.getChars() || ' '}`;
      nextCol = col + cell.getWidth();
    }
    if (link !== '') drawn += CLOSE_LINK;
  }
  return drawn === '' ? '' : `${drawn}\x1b[0m`;
}

/** The sequence that opens the link these attributes belong to; empty without one. */
export function openLink(terminal: Terminal, attributes: unknown): string {
  const id = linkOf(attributes);
  if (id === 0) return '';
  const service = read(read(terminal, '_core'), '_oscLinkService');
  const find = read(service, 'getLinkData');
  const found: unknown = typeof find === 'function' ? Reflect.apply(find, service, [id]) : undefined;
  const uri = read(found, 'uri');
  const name = read(found, 'id');
  if (typeof uri !== 'string' || uri === '' || uri.length > LINK_CHARS) return '';
  return `\x1b]8;${typeof name === 'string' ? `id=${withoutControls(name).slice(0, 256)}` : ''};${withoutControls(uri)}\x1b\\`;
}

function isLostBlank(cell: IBufferCell): boolean {
  return cell.getChars() === '' && (cell.isInverse() | cell.isUnderline() | cell.isOverline() | cell.isStrikethrough()) !== 0;
}

function withoutControls(text: string): string {
  return [...text].filter((char) => char >= ' ' && !(char >= '\x7f' && char < '\xa0')).join('');
}
