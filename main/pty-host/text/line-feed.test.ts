import { expect, test, vi } from 'vitest';
import { createLineFeed, LINE_CHARS, LINES_BYTES_PER_S, type LineBatch } from './line-feed.ts';

function setUp() {
  let nowMs = 0;
  const batches: LineBatch[] = [];
  const feed = createLineFeed({ send: (batch) => void batches.push(batch), now: () => nowMs });
  return { feed, batches, push: (text: string) => feed.push(Buffer.from(text)), pass: (ms: number) => (nowMs += ms) };
}

test('lines are whole wherever chunks are cut, blank lines are omitted, and the unfinished last line comes at the end', () => {
  const { feed, batches, push } = setUp();
  for (const part of ['on', 'e\n\n', '  \ntwo \u{1f680}\nth', 'ree']) push(part);
  feed.end();
  expect(batches).toEqual([{ lines: ['one', 'two \u{1f680}', 'three'], droppedLines: 0 }]);
});

test('lines that arrive within a tenth of a second form one batch', () => {
  vi.useFakeTimers();
  const { batches, push } = setUp();
  push('a\n');
  vi.advanceTimersByTime(60);
  push('b\n');
  vi.advanceTimersByTime(40);
  push('c\n');
  vi.advanceTimersByTime(100);
  vi.useRealTimers();
  expect(batches.map((batch) => batch.lines)).toEqual([['a', 'b'], ['c']]);
});

test('a long line is cut between characters', () => {
  const { feed, batches, push } = setUp();
  push('x'.repeat(LINE_CHARS - 1));
  push(`\u{1f680}${'y'.repeat(500_000)}\nnext\n`);
  feed.end();
  expect(batches).toEqual([{ lines: ['x'.repeat(LINE_CHARS - 1), 'next'], droppedLines: 0 }]);
});

test('lines beyond 64 KiB a second are counted, and the next second begins with a whole line', () => {
  const { feed, batches, push, pass } = setUp();
  const line = `${'z'.repeat(1023)}\n`;
  push(line.repeat(100));
  push('begun');
  pass(1000);
  push(' before\nafter\n');
  feed.end();
  const lines = batches.flatMap((batch) => batch.lines);
  const kept = Math.floor(LINES_BYTES_PER_S / 1023);
  expect(lines).toHaveLength(kept + 1);
  expect(lines.at(-1)).toBe('after');
  expect(batches.reduce((sum, batch) => sum + batch.droppedLines, 0)).toBe(100 - kept + 1);
});
