/** A terminal like the window's, and its cells in a form that tests can compare. */
import headless, { type Terminal } from '@xterm/headless';
import { widenCharacters } from '../terminal/character-widths.ts';

export function newViewer(cols: number, rows: number, scrollback = 2000): Terminal {
  const terminal = new headless.Terminal({ cols, rows, scrollback, allowProposedApi: true });
  widenCharacters(terminal);
  return terminal;
}

export function gridOf(terminal: Terminal): { cursor: string; type: string; lines: readonly string[] } {
  const buffer = terminal.buffer.active;
  const lines: string[] = [];
  for (let y = 0; y < buffer.length; y++) {
    const line = buffer.getLine(y);
    let text = '';
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line?.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const style = `${cell.getFgColorMode()}:${cell.getFgColor()}:${cell.getBgColorMode()}:${cell.getBgColor()}:${[
        cell.isBold(),
        cell.isDim(),
        cell.isItalic(),
        cell.isUnderline(),
        cell.isBlink(),
        cell.isInverse(),
        cell.isInvisible(),
        cell.isStrikethrough(),
        cell.isOverline(),
      ]
        .map((flag) => (flag === 0 ? '0' : '1'))
        .join('')}`;
      const isDefault = style === '0:-1:0:-1:000000000';
      text += isDefault ? cell.getChars() || ' ' : `{${style}|${cell.getChars() || ' '}}`;
    }
    lines.push(text.trimEnd());
  }
  while (lines.at(-1) === '') lines.pop();
  return { cursor: `${buffer.cursorX},${buffer.cursorY}`, type: buffer.type, lines };
}
