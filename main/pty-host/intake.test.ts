import { expect, test } from 'vitest';
import { BATCH_BYTES, createIntake, type OutputStream } from './intake.ts';

function setUp(batchMs = 1) {
  const blocks: { text: string; stream: OutputStream }[] = [];
  const arrived: (() => void)[] = [];
  const intake = createIntake({
    take: (block, stream) => {
      blocks.push({ text: Buffer.from(block).toString(), stream });
      for (const resolve of arrived.splice(0)) resolve();
    },
    batchMs: () => batchMs,
  });
  const nextBlock = () => new Promise<void>((resolve) => void arrived.push(resolve));
  return { intake, blocks, nextBlock };
}

const bytes = (text: string) => Buffer.from(text);

test('output after a pause is passed on before the next turn of the event loop', async () => {
  const { intake, blocks } = setUp(60_000);
  intake.push(bytes('a'), 'out');
  intake.push(bytes('b'), 'out');
  expect(blocks).toEqual([]);
  await new Promise(setImmediate);
  expect(blocks).toEqual([{ text: 'ab', stream: 'out' }]);
});

test('output that follows is gathered into one block', async () => {
  const { intake, blocks, nextBlock } = setUp(20);
  intake.push(bytes('a'), 'out');
  await nextBlock();
  intake.push(bytes('b'), 'out');
  await new Promise(setImmediate);
  intake.push(bytes('c'), 'out');
  await nextBlock();
  expect(blocks.map(({ text }) => text)).toEqual(['a', 'bc']);
});

test('a full block is passed on at once', () => {
  const { intake, blocks } = setUp(60_000);
  const chunk = bytes('x'.repeat(4096));
  for (let size = 0; size < BATCH_BYTES; size += chunk.length) intake.push(chunk, 'out');
  expect(blocks.map(({ text }) => text.length)).toEqual([BATCH_BYTES]);
});

test('the two streams of a pipe stay apart and in order', () => {
  const { intake, blocks } = setUp();
  intake.push(bytes('a'), 'out');
  intake.push(bytes('b'), 'err');
  intake.push(bytes('c'), 'err');
  intake.push(bytes('d'), 'out');
  intake.flush();
  expect(blocks).toEqual([
    { text: 'a', stream: 'out' },
    { text: 'bc', stream: 'err' },
    { text: 'd', stream: 'out' },
  ]);
});

test('a disposed intake passes nothing on', async () => {
  const { intake, blocks } = setUp();
  intake.push(bytes('a'), 'out');
  intake.dispose();
  await new Promise(setImmediate);
  expect(blocks).toEqual([]);
});
