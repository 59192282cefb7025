import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson } from './encode-json.ts';

test('the bytes equal those of JSON.stringify, wherever the pieces end', async () => {
  const text = fc
    .array(fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'é', '\u{1f600}', '\ud83d', '\ude00'))
    .map((units) => units.join(''));
  const parts = fc.array(fc.record({ text, count: fc.nat(), other: fc.option(text, { nil: undefined }) }));
  await fc.assert(
    fc.asyncProperty(fc.record({ parts, text }), fc.integer({ min: 1, max: 5 }), async (value, pieceChars) => {
      expect(Buffer.concat(await encodeJson(value, pieceChars)).toString()).toBe(Buffer.from(JSON.stringify(value)).toString());
    }),
  );
});

test('other work runs between the pieces of a long text', async () => {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await encodeJson({ text: 'x'.repeat(1000) }, 10);
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(99);
});
