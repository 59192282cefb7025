/** A replay that falls between a character and a combining character. */
import { expect, test } from 'vitest';
import { createLoad } from '../pty-host/load.ts';
import { ScreenMirror } from '../pty-host/screen/screen-mirror.ts';
import { gridOf, newViewer } from '../pty-host/testing/grid.ts';

const COLS = 40;
const ROWS = 10;

async function replayOf(bytes: Buffer): Promise<Uint8Array> {
  const source = { publishedBytes: () => bytes.length, readTail: async () => ({ bytes, skipped: false, open: new Uint8Array(0) }) };
  const mirror = new ScreenMirror({ cols: COLS, rows: ROWS, load: createLoad(() => 0), source });
  mirror.feed({ offset: 0, bytes, open: new Uint8Array(0) });
  const snapshot = await mirror.snapshot(bytes.length);
  mirror.dispose();
  return snapshot?.bytes ?? new Uint8Array(0);
}

async function show(...parts: Uint8Array[]) {
  const terminal = newViewer(COLS, ROWS, 100);
  for (const part of parts) await new Promise<void>((done) => terminal.write(part, done));
  return gridOf(terminal);
}

test.each([
  ['an accent', 'a\u0301 b'],
  ['the joiner of an emoji', '\u{1f469}\u200d\u{1f4bb} b'],
])('%s arrives in a separate chunk: a viewer that received everything shows it whole', async (_what, text) => {
  const [base = '', ...rest] = [...text];
  expect(await show(Buffer.from(base), Buffer.from(rest.join('')))).toEqual(await show(Buffer.from(text)));
});

// The replay ends with sequences that set the cursor and the colours, and after a sequence xterm joins nothing to the
// character before it. It takes a replay that writes the last character again, as it does for a pending wrap.
test.each([
  ['an accent', 'a\u0301 b'],
  ['the joiner of an emoji', '\u{1f469}\u200d\u{1f4bb} b'],
])('BT-8: %s that follows a replay joins the character before it', async (_what, text) => {
  const [base = '', ...rest] = [...text];
  expect(await show(await replayOf(Buffer.from(base)), Buffer.from(rest.join('')))).toEqual(await show(Buffer.from(text)));
});
