import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlainText } from './plain-text.ts';

function plain(...chunks: (string | Uint8Array)[]): string {
  const converter = createPlainText();
  const pieces = [...chunks.map((chunk) => converter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)), converter.end()];
  return Buffer.concat(pieces.map((piece) => piece.bytes)).toString('utf8');
}

test('escape sequences are removed, CRLF becomes LF', () => {
  expect(plain('\x1b[1;31mred\x1b[0m\r\n\x1b]0;title\x07x\x1b(B\x1b[2K\r\n')).toBe('red\nx\n');
});

test('CAN or SUB ends a sequence, and a control inside a sequence takes effect', () => {
  expect(plain('a\x1b[3\x18b\x1b]0;title\x1ac\n')).toBe('abc\n');
  expect(plain('a\x1b[1\n2mb\x1b[\r3mc\n')).toBe('a\nc\n');
});

test('a line rewritten with carriage returns is kept in its last state', () => {
  expect(plain('10%\r50%\r100%\r\ndone\r\r\n')).toBe('100%\ndone\n');
});

test('backspace removes the last character, a wide one whole', () => {
  expect(plain('ab€\b\bc\n')).toBe('ac\n');
});

test('BT-3: a character cut across chunks comes out whole, and a trailing partial character appears at the end', () => {
  const euro = Buffer.from('€');
  expect(plain(euro.subarray(0, 1), euro.subarray(1, 2), euro.subarray(2), '!')).toBe('€!');
  expect(plain('x', euro.subarray(0, 2))).toBe('x\uFFFD');
  expect(plain('x', Buffer.from([0xc2]))).toBe('x\uFFFD'); // may also begin a control character of two bytes
});

test('an unfinished line is emitted once, and its rewrite is a new line', () => {
  const converter = createPlainText();
  expect(converter.push(Buffer.from('Password: ')).bytes.length).toBe(0);
  expect(Buffer.from(converter.flushUnfinished().bytes).toString()).toBe('Password: ');
  expect(converter.flushUnfinished().bytes.length).toBe(0);
  const rest = [converter.push(Buffer.from('\rok\r\n')), converter.end()].map((piece) => Buffer.from(piece.bytes).toString()).join('');
  expect(rest).toBe('\nok\n');
});

test('an unfinished line that continues stays one line', () => {
  const converter = createPlainText();
  converter.push(Buffer.from('Name: '));
  const first = converter.flushUnfinished();
  const rest = converter.push(Buffer.from('Ada\r\n'));
  expect(Buffer.concat([first.bytes, rest.bytes]).toString()).toBe('Name: Ada\n');
});

test('BT-30: a line of 10 MB without an end does not stay in memory', () => {
  const converter = createPlainText();
  let out = 0;
  for (let i = 0; i < 160; i++) out += converter.push(Buffer.alloc(65_536, 'x')).bytes.length;
  expect(out).toBeGreaterThan(150 * 65_536);
  expect(out + converter.end().bytes.length).toBe(160 * 65_536);
});

test('invalid bytes become replacement characters and the file stays UTF-8', () => {
  expect(plain(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toBe('a\uFFFDb\n');
});

test('property: text without control characters is kept, wherever it is cut and flushed', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '€', '漢', '😀', 'ü'), maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 6 }), fc.boolean(), (lines, cuts, flushes) => {
      const whole = Buffer.from(lines.join('\n'));
      const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((a, b) => a - b);
      const converter = createPlainText();
      const out: Uint8Array[] = [];
      for (const [i, from] of [0, ...at].entries()) {
        out.push(converter.push(whole.subarray(from, at[i] ?? whole.length)).bytes);
        if (flushes) out.push(converter.flushUnfinished().bytes);
      }
      out.push(converter.end().bytes);
      expect(Buffer.concat(out).toString('utf8')).toBe(whole.toString('utf8'));
    }),
    { numRuns: 500 },
  );
});

test('property: the same text comes out wherever the bytes are cut, controls, rewrites and sequences among them', () => {
  const part = fc.oneof(
    fc.constantFrom('\r\n', '\r', '\n', '\b', '\t', '\x07', '\x7f', '\x1b[31m', '\x1b]0;t\x07', '\u009b1m', 'é', '€', '~~~~', '    '),
    fc.string({ unit: fc.constantFrom('a', '~', ' ', '0'), maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const whole = Buffer.from(parts.join(''));
      const single = Array.from(whole, (_byte, i) => whole.subarray(i, i + 1));
      expect(plain(whole)).toBe(plain(...single));
    }),
    { numRuns: 500 },
  );
});

test('later input does not change emitted bytes', () => {
  const converter = createPlainText();
  const line = `${'y'.repeat(5000)}\n`;
  const first = converter.push(Buffer.from(line));
  converter.push(Buffer.from('z'.repeat(20_000)));
  expect(Buffer.from(first.bytes).toString()).toBe(line);
});
