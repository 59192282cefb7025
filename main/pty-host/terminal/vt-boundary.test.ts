import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVtBoundary, HOLD_LIMIT_BYTES } from './vt-boundary.ts';
import type { VtQuery } from './vt-tables.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const text = (data: Uint8Array) => Buffer.from(data).toString('utf8');

function publishAll(chunks: readonly Uint8Array[]): { out: Buffer; queries: VtQuery[] } {
  const boundary = createVtBoundary();
  const pieces = [...chunks.map((chunk) => boundary.push(chunk)), boundary.flush('end')];
  return { out: Buffer.concat(pieces.map((piece) => piece.bytes)), queries: pieces.flatMap((piece) => [...piece.queries]) };
}

test('BT-3: half a character is held back until it is whole', () => {
  const boundary = createVtBoundary();
  const euro = bytes('a€');
  expect(text(boundary.push(euro.subarray(0, 2)).bytes)).toBe('a');
  expect(boundary.heldBytes).toBe(1);
  expect(text(boundary.push(euro.subarray(2)).bytes)).toBe('€');
});

test('BT-3: half an escape sequence is held back until it is whole', () => {
  const boundary = createVtBoundary();
  expect(text(boundary.push(bytes('red \x1b[3')).bytes)).toBe('red ');
  expect(text(boundary.push(bytes('1mtext')).bytes)).toBe('\x1b[31mtext');
});

test('BT-3: half a character is held back during a silence and published at the end', () => {
  const joined = Buffer.from('\u{1f469}\u200d\u{1f4bb}');
  const boundary = createVtBoundary();
  expect(Buffer.from(boundary.push(joined.subarray(0, 6)).bytes)).toEqual(joined.subarray(0, 4));
  expect(boundary.flush('silence').bytes).toHaveLength(0);
  expect(Buffer.from(boundary.push(joined.subarray(6)).bytes)).toEqual(joined.subarray(4));
  boundary.push(joined.subarray(0, 2));
  expect(boundary.flush('silence').bytes).toHaveLength(0);
  expect(Buffer.from(boundary.flush('end').bytes)).toEqual(joined.subarray(0, 2));
});

test('an unfinished sequence is published as it is after the silence, and reported as open', () => {
  const boundary = createVtBoundary();
  boundary.push(bytes('x\x1b[3'));
  expect(text(boundary.flush('silence').bytes)).toBe('\x1b[3');
  expect(text(boundary.open)).toBe('\x1b[3');
  expect(text(boundary.push(bytes('1my')).bytes)).toBe('1my');
  expect(boundary.open.length).toBe(0);
});

test('a sequence longer than the limit is not waited for', () => {
  const boundary = createVtBoundary();
  const long = bytes(`\x1b]0;${'t'.repeat(HOLD_LIMIT_BYTES)}`);
  expect(boundary.push(long).bytes.length).toBe(long.length);
});

test('BT-30: no form of a clipboard write gets through', () => {
  const secret = 'c2VjcmV0';
  const forms = [
    `\x1b]52;c;${secret}\x07`,
    `\x1b]52;c;${secret}\x1b\\`,
    `\x1b]052;c;${secret}\x07`,
    `\x1b]5\x002;c;${secret}\x07`,
    `\u009d52;c;${secret}\u009c`,
    `\x1b]52;c;${'A'.repeat(HOLD_LIMIT_BYTES * 2)}${secret}\x07`,
  ];
  for (const form of forms) {
    const { out } = publishAll([bytes(`before${form}after`)]);
    expect(out.length).toBe(bytes(`before${form}after`).length);
    expect(text(out).replaceAll('\0', '').replaceAll('\x1b\\', '')).toBe('beforeafter');
  }
});

test('BT-30: a clipboard write that was cut by the silence loses its payload', () => {
  const boundary = createVtBoundary();
  boundary.push(bytes('\x1b]52'));
  const out = [boundary.flush('silence'), boundary.push(bytes(';c;c2VjcmV0\x07after'))].map((piece) => text(piece.bytes)).join('');
  expect(out).not.toContain('c2VjcmV0');
  expect(out.endsWith('\x07after')).toBe(true);
});

test('BT-30: every query is removed and reported once', () => {
  const queries = publishAll([bytes('a\x1b[cb\x1b[>0cc\x1b[5nd\x1b[6ne\x1b]10;?\x07f\x1b]11;?\x1b\\g\x1b[?6nh')]);
  expect(queries.queries).toEqual([
    'primary_attributes',
    'secondary_attributes',
    'status',
    'cursor',
    'foreground',
    'background',
    'private_cursor',
  ]);
  expect(text(queries.out)).not.toContain('?');
  expect(text(queries.out)).not.toContain('[c');
});

test('BT-30: requests without an answer are removed too', () => {
  const { out, queries } = publishAll([bytes('\x1b[?2026$p\x1b[>q\x1b[21t\x1bP$qm\x1b\\\x1b[?uend')]);
  expect(queries).toEqual([]);
  expect(text(out).replaceAll('\0', '').replaceAll('\x1b\\', '')).toBe('end');
});

test('drawing sequences are unchanged', () => {
  const drawing =
    '\x1b[2J\x1b[1;1H\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;http://x\x07link\x1b]8;;\x07\x1b(0qqq\x1b(B\x1b[6 q\x1b[8;40;120t äöü 漢字';
  expect(text(publishAll([bytes(drawing)]).out)).toBe(drawing);
});

test('the array of the raw log is never written to', () => {
  const chunk = bytes('a\x1b]52;c;QUJD\x07b');
  const before = Buffer.from(chunk);
  publishAll([chunk]);
  expect(chunk.equals(before)).toBe(true);
});

const fragments = fc.constantFrom(
  'plain',
  '\r\n',
  '€',
  '漢字',
  '😀',
  '\x1b[31m',
  '\x1b[c',
  '\x1b[6n',
  '\x1b]52;c;QUJD\x07',
  '\x1b]0;t\x1b\\',
  '\x1b]11;?\x07',
  '\x1bP$qm\x1b\\',
  '\u009b1m',
  '\x1b(0',
  '\x1b',
  '\x18',
  '\x1b]',
);

test('property: cutting the stream anywhere changes neither bytes nor queries', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 8 }), (parts, cuts) => {
      const whole = bytes(parts.join(''));
      const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((a, b) => a - b);
      const chunks = [0, ...at].map((from, i) => whole.subarray(from, at[i] ?? whole.length));
      const once = publishAll([whole]);
      const cut = publishAll(chunks);
      expect(cut.out.equals(once.out)).toBe(true);
      expect(cut.queries).toEqual(once.queries);
      expect(once.out.length).toBe(whole.length);
    }),
    { numRuns: 500 },
  );
});

test('property: random bytes keep their count', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (chunks) => {
      const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      expect(publishAll(chunks).out.length).toBe(length);
    }),
  );
});
