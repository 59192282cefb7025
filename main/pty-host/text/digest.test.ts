import { expect, test } from 'vitest';
import { createBinarySniffer, createDigest, DIGEST_CHARS } from './digest.ts';

const piece = (text: string) => ({ bytes: Buffer.from(text), chars: text.length });

test('BT-26: short text comes back whole', () => {
  const digest = createDigest();
  digest.push(piece('one\n'));
  expect(digest.read('two')).toEqual({ head: 'one\ntwo', tail: '', omittedChars: 0 });
});

test('BT-26: long text keeps head and tail within the budget and counts the characters between them', () => {
  const digest = createDigest();
  let whole = '';
  for (let i = 0; i < 20_000; i++) {
    const line = `line ${i}\n`;
    whole += line;
    digest.push(piece(line));
  }
  const { head, tail, omittedChars } = digest.read('');
  expect(head.length + tail.length).toBe(DIGEST_CHARS);
  expect(whole.startsWith(head)).toBe(true);
  expect(whole.endsWith(tail)).toBe(true);
  expect(omittedChars).toBe(whole.length - head.length - tail.length);
});

test('text between half and the whole budget comes back without a gap', () => {
  const digest = createDigest();
  const text = 'ä'.repeat(20_000);
  digest.push(piece(text.slice(0, 12_000)));
  digest.push(piece(text.slice(12_000)));
  const read = digest.read('end');
  expect(read.head + read.tail).toBe(`${text}end`);
  expect(read.omittedChars).toBe(0);
});

test('a cut never splits a surrogate pair', () => {
  const digest = createDigest();
  digest.push(piece(`x${'😀'.repeat(20_000)}`));
  const { head, tail, omittedChars } = digest.read('');
  expect(Buffer.from(head + tail).toString()).not.toContain('\uFFFD');
  expect(head.length + tail.length + omittedChars).toBe(40_001);
});

test('a tail that would begin inside a surrogate pair begins behind it', () => {
  const digest = createDigest();
  digest.push(piece(`x${'😀'.repeat(20_000)}y`));
  const { head, tail, omittedChars } = digest.read('');
  expect((head + tail).isWellFormed()).toBe(true);
  expect(tail).toHaveLength(DIGEST_CHARS / 2 - 1);
  expect(head.length + tail.length + omittedChars).toBe(40_002);
});

test('the last line is the last one with text', () => {
  const digest = createDigest();
  digest.push(piece('first\nsecond\n\n'));
  expect(digest.lastLine('', 200)).toBe('second');
  expect(digest.lastLine('Password:', 4)).toBe('Pass');
});

test('BT-27: the first 4 KiB decide whether output is binary', () => {
  const image = createBinarySniffer();
  image.push(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]));
  expect(image.isBinary).toBe(true);
  const log = createBinarySniffer();
  log.push(Buffer.from('\x1b[31mred\x1b[0m\r\n'.repeat(400)));
  log.push(Buffer.from([0, 0, 0]));
  expect(log.isBinary).toBe(false);
});

test('the last line is whole when it arrives in several pieces', () => {
  const digest = createDigest();
  digest.push(piece('x'.repeat(DIGEST_CHARS)));
  for (const text of ['\nfirst\nse', 'co', 'nd\n']) digest.push(piece(text));
  expect(digest.lastLine('', 200)).toBe('second');
});

test('BT-27: output with more than one control character in twenty counts as binary', () => {
  const share = (controls: number) => {
    const sniffer = createBinarySniffer();
    sniffer.push(Buffer.from('\x01'.repeat(controls) + 'a\t\r\n\b'.repeat(20).slice(0, 100 - controls)));
    return sniffer.isBinary;
  };
  expect([share(0), share(5), share(6)]).toEqual([false, false, true]);
});
