/**
 * The part of a terminal's state that xterm's serializer loses, as escape sequences that restore it: margins,
 * saved cursors, character sets, tab stops, modes, cursor style and visibility, title, the pending wrap.
 *
 * Much of it exists only in xterm's internals. Only this file reads them, and it checks each field, so that a
 * new xterm that renames one costs only that detail; terminal.test.ts detects it. The versions are pinned.
 */
import type { Terminal } from '@xterm/headless';
import { read, sgr } from './terminal-attributes.ts';
import { lostCells, openLink } from './terminal-cells.ts';

/** Everything that must follow the cells. The cursor comes last; the caller appends the unfinished sequence. */
export function restoreState(terminal: Terminal, title: string): string {
  const core = read(terminal, '_core');
  const buffer = activeBuffer(terminal);
  const attributes = read(read(core, '_inputHandler'), '_curAttrData');
  const isOrigin = flag(read(read(core, 'coreService'), 'decPrivateModes'), 'origin');
  return [
    '\x1b[0m\x1b[?6l\x1b[4l',
    lostCells(terminal),
    tabStops(buffer, terminal.cols),
    margins(buffer, terminal.rows),
    savedCursor(buffer),
    charsets(read(core, '_charsetService')),
    modes(terminal, core),
    cursorStyle(read(read(core, 'coreService'), 'decPrivateModes')),
    title === '' ? '' : `\x1b]2;${title}\x1b\\`,
    cursor(terminal, buffer, isOrigin),
    openLink(terminal, attributes),
    sgr(attributes),
    terminal.modes.insertMode ? '\x1b[4h' : '',
    flag(read(core, 'coreService'), 'isCursorHidden') ? '\x1b[?25l' : '\x1b[?25h',
    lastCharacter(terminal, buffer, isOrigin),
  ].join('');
}

/**
 * A combining character joins the one before it only when no sequence lies between them, and all of the above are
 * sequences: if the last output was a character, it is printed again, with the current attributes.
 */
function lastCharacter(terminal: Terminal, buffer: unknown, isOrigin: boolean): string {
  const joins = number(read(read(read(terminal, '_core'), '_inputHandler'), '_parser'), 'precedingJoinState') ?? 0;
  const x = number(buffer, 'x') ?? 0;
  if (joins === 0 || x === 0 || terminal.modes.insertMode) return '';
  const y = number(buffer, 'y') ?? 0;
  const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y);
  const col = line?.getCell(x - 1)?.getWidth() === 0 ? x - 2 : x - 1;
  const text = line?.getCell(col)?.getChars() ?? '';
  // Sets row and column: in origin mode xterm also moves the row when only the column is set.
  const row = isOrigin ? y - (number(buffer, 'scrollTop') ?? 0) : y;
  return text === '' ? '' : `${move(row, col)}${text}`;
}

/** The state of the normal buffer while the alternate one is shown: a program finds it when it leaves. */
export function restoreHiddenState(terminal: Terminal): string {
  const core = read(terminal, '_core');
  const buffer = read(read(core, 'buffers'), '_normal');
  const x = number(buffer, 'x') ?? 0;
  const y = number(buffer, 'y') ?? 0;
  return ['\x1b[0m', margins(buffer, terminal.rows), savedCursor(buffer), move(y, x)].join('');
}

function activeBuffer(terminal: Terminal): unknown {
  return read(read(read(terminal, '_core'), 'buffers'), '_activeBuffer');
}

function margins(buffer: unknown, rows: number): string {
  const top = number(buffer, 'scrollTop') ?? 0;
  const bottom = number(buffer, 'scrollBottom') ?? rows - 1;
  return top === 0 && bottom === rows - 1 ? '' : `\x1b[${top + 1};${bottom + 1}r`;
}

function tabStops(buffer: unknown, cols: number): string {
  const tabs = read(buffer, 'tabs');
  if (typeof tabs !== 'object' || tabs === null) return '';
  const stops = Object.entries(tabs)
    .filter(([col, isSet]) => isSet === true && Number(col) < cols)
    .map(([col]) => Number(col));
  const isDefault = stops.length === Math.ceil(cols / 8) && stops.every((col) => col % 8 === 0);
  return isDefault ? '' : `\x1b[3g${stops.map((col) => `\x1b[1;${col + 1}H\x1bH`).join('')}`;
}

/** DECSC saves the current position, attributes and character set, so they are set, saved and reset. */
function savedCursor(buffer: unknown): string {
  const x = number(buffer, 'savedX') ?? 0;
  const y = Math.max(0, (number(buffer, 'savedY') ?? 0) - (number(buffer, 'ybase') ?? 0));
  const attributes = sgr(read(buffer, 'savedCurAttrData'));
  const charset = designate('(', read(buffer, 'savedCharset'));
  if (x === 0 && y === 0 && attributes === '\x1b[0m' && charset === '') return '';
  return `${move(y, x)}${attributes}${charset}\x1b7${charset === '' ? '' : '\x1b(B'}\x1b[0m`;
}

function charsets(service: unknown): string {
  const sets = read(service, '_charsets');
  if (!Array.isArray(sets)) return '';
  const designated = ['(', ')', '*', '+'].map((slot, i) => designate(slot, sets[i])).join('');
  const shift = ['', '\x0e', '\x1bn', '\x1bo'][number(service, 'glevel') ?? 0] ?? '';
  return designated + shift;
}

/** Identifies a set by a character that it changes: only line drawing and the national sets change any. */
function designate(slot: string, set: unknown): string {
  if (typeof set !== 'object' || set === null) return '';
  if (read(set, 'q') === '\u2500') return `\x1b${slot}0`;
  if (read(set, '#') === '\u00a3' && read(set, '@') === undefined) return `\x1b${slot}A`;
  return '';
}

function modes(terminal: Terminal, core: unknown): string {
  const modes = terminal.modes;
  const mouse = { none: '', x10: '\x1b[?9h', vt200: '\x1b[?1000h', drag: '\x1b[?1002h', any: '\x1b[?1003h' }[modes.mouseTrackingMode];
  const encoding = read(read(core, 'coreMouseService'), '_activeEncoding');
  return [
    modes.applicationCursorKeysMode ? '\x1b[?1h' : '',
    modes.applicationKeypadMode ? '\x1b=' : '',
    modes.bracketedPasteMode ? '\x1b[?2004h' : '',
    modes.reverseWraparoundMode ? '\x1b[?45h' : '',
    modes.sendFocusMode ? '\x1b[?1004h' : '',
    terminal.options.convertEol === true ? '\x1b[20h' : '',
    mouse,
    encoding === 'SGR' ? '\x1b[?1006h' : encoding === 'SGR_PIXELS' ? '\x1b[?1016h' : '',
  ].join('');
}

function cursorStyle(privateModes: unknown): string {
  const style = read(privateModes, 'cursorStyle');
  const isBlinking = read(privateModes, 'cursorBlink') === true;
  const base = style === 'block' ? 1 : style === 'underline' ? 3 : style === 'bar' ? 5 : undefined;
  return base === undefined ? '' : `\x1b[${isBlinking ? base : base + 1} q`;
}

/**
 * Origin mode homes the cursor and makes rows relative to the margins; a pending wrap exists only right after the last
 * cell of a row was written, so that cell is written again.
 */
function cursor(terminal: Terminal, buffer: unknown, isOrigin: boolean): string {
  const x = number(buffer, 'x') ?? terminal.buffer.active.cursorX;
  const y = number(buffer, 'y') ?? terminal.buffer.active.cursorY;
  const row = isOrigin ? y - (number(buffer, 'scrollTop') ?? 0) : y;
  const origin = isOrigin ? '\x1b[?6h' : '';
  const wrap = terminal.modes.wraparoundMode ? '' : '\x1b[?7l';
  if (x < terminal.cols) return `${origin}${move(row, x)}${wrap}`;
  const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y);
  let col = terminal.cols - 1;
  let cell = line?.getCell(col);
  if (cell?.getWidth() === 0) {
    col--;
    cell = line?.getCell(col);
  }
  const text = cell?.getChars() ?? '';
  return `${origin}${move(row, col)}${sgr(cell)}${text === '' ? ' ' : text}${wrap}`;
}

function move(row: number, col: number): string {
  return `\x1b[${row + 1};${col + 1}H`;
}

function number(target: unknown, name: string): number | undefined {
  const value = read(target, name);
  return typeof value === 'number' ? value : undefined;
}

function flag(target: unknown, name: string): boolean {
  return read(target, name) === true;
}
