import type headless from '@xterm/headless';
import { expect, test } from 'vitest';
import { gridOf, newViewer } from '../testing/grid.ts';
import { openLink } from './terminal-cells.ts';
import { createHeadlessTerminal } from './terminal.ts';

const COLS = 40;
const ROWS = 12;

function reference(): headless.Terminal {
  return newViewer(COLS, ROWS);
}

const write = (terminal: { write(data: string, done: () => void): void }, data: string) =>
  new Promise<void>((done) => terminal.write(data, done));

/** The address of each linked cell of the screen, row by row. */
function linksOf(terminal: headless.Terminal): readonly string[] {
  const links: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let col = 0; col < COLS; col++) {
      const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row);
      const address = / *\x1b\]8;[^;]*;(.*)\x1b/.exec(openLink(terminal, line?.getCell(col)))?.[1];
      if (address !== undefined) links.push(`${row},${col} ${address}`);
    }
  }
  return links;
}

/** Each stream, and the text written afterwards to show the state it leaves. */
const CASES: Readonly<Record<string, [string, string]>> = {
  'plain text and scrollback': [Array.from({ length: 60 }, (_, i) => `line ${i}\r\n`).join(''), 'more\r\n'],
  'colours of the cursor': ['\x1b[1;38;2;1;2;3;48;5;99mbold', 'still\x1b[0mplain'],
  'palette colours and flags': ['\x1b[3;4;9;53;95;102mstyled\x1b[7;5;2m', 'next'],
  'scroll margins': [`\x1b[3;6r\x1b[3;1Hone\r\ntwo\r\nthree\r\nfour`, '\r\nfive\r\nsix\r\nseven'],
  'origin mode': ['\x1b[4;9r\x1b[?6h\x1b[2;3Hinside', '\x1b[1;1Htop\x1b[99;1Hbottom'],
  'saved cursor': ['\x1b[5;7H\x1b[32m\x1b7\x1b[1;1H\x1b[0mhome', '\x1b8restored'],
  'saved cursor with line drawing': ['\x1b[5;7H\x1b(0\x1b7\x1b(B\x1b[1;1Habc', '\x1b8qqq'],
  'line drawing in use': ['\x1b(0lqqk', 'xjx\x1b(Bx'],
  'line drawing shifted to G1': ['\x1b)0\x0eqq', 'qq\x0fqq'],
  'tab stops': ['\x1b[3g\x1b[1;5H\x1bH\x1b[1;20H\x1bH\x1b[2;1H', '\ta\tb'],
  'pending wrap': [`\x1b[6;1H${'w'.repeat(COLS)}`, 'x'],
  'pending wrap of a wide character': [`\x1b[6;1H${'w'.repeat(COLS - 2)}漢`, 'x'],
  'wraparound off': ['\x1b[?7l', 'y'.repeat(COLS + 5)],
  'insert mode': ['abcdef\x1b[1;3H\x1b[4h', 'XY'],
  'alternate screen': ['normal\r\n\x1b[31m\x1b[?1049h\x1b[2J\x1b[3;3Halt \x1b[44mblue', 'x\x1b[?1049lback'],
  'alternate screen with margins in both': [
    'a\r\nb\r\n\x1b[2;5r\x1b[4;1H\x1b[?1049h\x1b[3;8r\x1b[5;5Hz',
    '\r\n1\r\n2\r\n3\r\n4\x1b[?1049l\r\nn\r\nm\r\no',
  ],
  'hidden cursor and modes': ['\x1b[?25l\x1b[?2004h\x1b[?1h\x1b[?1003h\x1b[?1006h\x1b=', ''],
  'new line mode': ['\x1b[20h', 'one\ntwo'],
  'half of a wide character overwritten in inverse video': ['漢字漢字\x1b[1;1H\x1b[7m \x1b[1;6H ', 'more'],
  'links, and one that is open': [
    'a \x1b]8;;https://one.example/\x1b\\one 漢\x1b]8;;\x1b\\ \x1b[4mline\x1b[m\r\n\x1b]8;id=2;https://two.example/\x1b\\two',
    ' on\x1b]8;;\x1b\\ off',
  ],
  'wide and combined characters': ['漢字 e\u0301 😀\r\n', 'ok'],
};

for (const [name, [before, after]] of Object.entries(CASES)) {
  test(`BT-8: a replay brings another terminal to the same state: ${name}`, async () => {
    const original = reference();
    await write(original, before);
    const mirror = createHeadlessTerminal(COLS, ROWS);
    await new Promise<void>((done) => mirror.write(Buffer.from(before), done));
    const viewer = reference();
    await write(viewer, mirror.serialize());
    expect(gridOf(viewer)).toEqual(gridOf(original));
    await write(original, after);
    await write(viewer, after);
    expect(gridOf(viewer)).toEqual(gridOf(original));
    expect(linksOf(viewer)).toEqual(linksOf(original));
    expect(viewer.modes).toEqual(original.modes);
    mirror.dispose();
  });
}

test('the title is restored without control characters of its own', async () => {
  const mirror = createHeadlessTerminal(COLS, ROWS);
  await new Promise<void>((done) => mirror.write(Buffer.from('\x1b]2;build: 3/7\x07'), done));
  const viewer = reference();
  const titles: string[] = [];
  viewer.onTitleChange((title) => titles.push(title));
  await write(viewer, mirror.serialize());
  expect(titles).toEqual(['build: 3/7']);
  mirror.dispose();
});

test('cursor visibility and style are restored', async () => {
  const mirror = createHeadlessTerminal(COLS, ROWS);
  await new Promise<void>((done) => mirror.write(Buffer.from('\x1b[?25l\x1b[6 q'), done));
  const replay = mirror.serialize();
  expect(replay).toContain('\x1b[6 q');
  expect(replay).toContain('\x1b[?25l');
  mirror.dispose();
});

test('a link is restored without control characters, and one that is too long is dropped', async () => {
  const mirror = createHeadlessTerminal(COLS, ROWS);
  const long = `https://${'x'.repeat(3000)}.example/`;
  await new Promise<void>((done) =>
    mirror.write(Buffer.from(`\x1b]8;;${long}\x07long\x1b]8;;\x07 \x1b]8;;https://a.example/\x07ok\x1b]8;;\x07`), done),
  );
  const replay = mirror.serialize();
  expect(replay).toContain('\x1b]8;;https://a.example/\x1b\\');
  expect(replay).not.toContain('xxx');
  mirror.dispose();
});

test('BT-8: an emoji is as wide in the mirror as in the window', async () => {
  const mirror = createHeadlessTerminal(COLS, ROWS);
  await new Promise<void>((done) => mirror.write(Buffer.from('\u{1f9d1}\u{1f9d1} b'), done));
  expect(mirror.cursor()).toEqual({ row: 1, col: 7 });
  mirror.dispose();
});
