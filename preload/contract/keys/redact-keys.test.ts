import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileKeys } from './known-keys.ts';
import { createKeyRedactor, KEY_MASK } from './redact-keys.ts';

const KEY = 'sk-proj-0123456789abcdefABCDEF';
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString();

function redactor(...keys: string[]) {
  const compiled = compileKeys(keys);
  if (compiled === undefined) throw new Error('no key is long enough');
  return createKeyRedactor(compiled);
}

const redactKeys = (whole: string, keys: readonly string[]) => inChunks(keys, bytes(whole), []);

/** The output for chunks that end at these places. */
function inChunks(keys: readonly string[], data: Uint8Array, ends: readonly number[]): string {
  const stream = redactor(...keys);
  const cuts = [0, ...ends, data.length];
  const parts = cuts.slice(1).map((end, index) => stream.push(data.slice(cuts[index], end)));
  return text([...parts, stream.end()]);
}

test('a key is replaced wherever the output is cut into two or three chunks', () => {
  const data = bytes(`first ${KEY} and ${KEY}${KEY}.\n`);
  const expected = `first ${KEY_MASK} and ${KEY_MASK}${KEY_MASK}.\n`;
  for (let at = 0; at <= data.length; at += 1) {
    expect(inChunks([KEY], data, [at])).toBe(expected);
    expect(inChunks([KEY], data, [at, Math.min(data.length, at + 3)])).toBe(expected);
  }
  expect(
    inChunks(
      [KEY],
      data,
      Array.from(data, (_byte, index) => index),
    ),
  ).toBe(expected);
});

test.each([8, 9, 12, 15, 16, 17, 40, 200])('a key of %d characters is found at every place of a block', (length) => {
  const key = Array.from({ length }, (_unused, index) => 'kQ7zR2'[index % 6]).join('');
  for (let before = 0; before < 40; before += 1) {
    const around = '.'.repeat(before);
    expect(redactKeys(`${around}${key}${around}`, [key])).toBe(`${around}${KEY_MASK}${around}`);
  }
});

test('a key is found over the line breaks of a program that wraps, which stay', () => {
  for (let at = 1; at < KEY.length; at += 1)
    for (const wrap of ['\n', '\r\n']) {
      const wrapped = bytes(`> ${KEY.slice(0, at)}${wrap}${KEY.slice(at)} <`);
      expect(inChunks([KEY], wrapped, [])).toBe(`> ${KEY_MASK}${wrap} <`);
      expect(inChunks([KEY], wrapped, [at + 3])).toBe(`> ${KEY_MASK}${wrap} <`);
    }
  expect(redactKeys(`${KEY.slice(0, 20)}\n\n\n${KEY.slice(20)}`, [KEY])).not.toContain(KEY_MASK);
});

test('a long key is found over one line break at any of its characters', () => {
  const key = `sk-${'Ab9_'.repeat(16)}`;
  for (let at = 1; at < key.length; at += 1)
    expect(redactKeys(`> ${key.slice(0, at)}\n${key.slice(at)} <`, [key])).toBe(`> ${KEY_MASK}\n <`);
});

test.each(['', 'a', 'ab', 'abc', 'user:'])('a key is found in the Base64 of %j and the key, in both alphabets', (before) => {
  const key = 'sk-~~~???-0123456789+/abc';
  for (const encoding of ['base64', 'base64url'] as const) {
    const shown = redactKeys(Buffer.from(`${before}${key}, after it`).toString(encoding), [key]);
    expect(shown).toContain(KEY_MASK);
    const rest = shown.split(KEY_MASK).map((part) => Buffer.from(part, encoding).toString('latin1'));
    expect(rest.join()).not.toContain(key.slice(1, -1));
    expect(shown.length).toBeLessThan(KEY_MASK.length + 28);
  }
});

test('nothing else is changed, and a value that is too short is not searched for', () => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_unused, index) => (index * 7919) % 256));
  const stream = redactor(KEY);
  expect(Buffer.concat([stream.push(noise), stream.end()]).equals(noise)).toBe(true);
  const almost = `${KEY.slice(0, -1)} ${KEY.slice(1)} ${KEY.toUpperCase()}`;
  expect(redactKeys(almost, [KEY])).toBe(almost);
  expect(compileKeys(['1234567', ' ', ''])).toBeUndefined();
});

test('a chunk without the beginning of a key is not copied', () => {
  const chunk = bytes('an ordinary line\n');
  expect(redactor(KEY).push(chunk).buffer).toBe(chunk.buffer);
});

test('only what may be a key is held, and it is released when it is none, or at the end', () => {
  const stream = redactor(KEY);
  expect(text([stream.push(bytes(`line\n${KEY.slice(0, 12)}`))])).toBe('line\n');
  expect(stream.heldBytes).toBe(12);
  expect(text([stream.push(bytes('?'))])).toBe(`${KEY.slice(0, 12)}?`);
  stream.push(bytes(KEY.slice(0, 20)));
  expect(text([stream.end()])).toBe(KEY.slice(0, 20));
});

test('a silence shows up to seven held characters; of a key that follows only the rest is replaced', () => {
  const stream = redactor(KEY);
  expect(text([stream.push(bytes('Continue? s'))])).toBe('Continue? ');
  expect(text([stream.flush()])).toBe('s');
  expect(stream.heldBytes).toBe(0);
  expect(text([stream.flush()])).toBe('');
  expect(text([stream.push(bytes(KEY.slice(1)))])).toBe(KEY_MASK);
  expect(text([stream.push(bytes('s')), stream.flush(), stream.push(bytes('top'))])).toBe('stop');
  expect(text([stream.push(bytes(KEY.slice(0, 8))), stream.flush()])).toBe('');
  expect(text([stream.push(bytes(KEY.slice(8)))])).toBe(KEY_MASK);
});

test('of keys of which one begins like another, the longer one is replaced', () => {
  const longer = `${KEY}-longer`;
  for (let at = 0; at <= longer.length; at += 1) {
    expect(inChunks([KEY, longer], bytes(`${longer} ${KEY} `), [at])).toBe(`${KEY_MASK} ${KEY_MASK} `);
  }
  expect(inChunks([KEY, longer], bytes(`${KEY}-lo`), [])).toBe(`${KEY_MASK}-lo`);
});

test('any text in any chunks comes out as if each key had been replaced in the whole text', () => {
  const keys = [KEY, 'hunter2-hunter2', 'aaaaaaaaab', 'Zq8-'.repeat(30)];
  const piece = fc.oneof(fc.constantFrom(...keys), fc.constantFrom('a', 'aaaa', 'hunter2-', 'sk-', '\n', 'é', '\0'), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(400), { maxLength: 12 }), (pieces, cuts) => {
      const whole = pieces.map((each) => each.toWellFormed()).join('|');
      const data = bytes(whole);
      const ends = cuts.map((cut) => Math.min(cut, data.length)).sort((a, b) => a - b);
      expect(inChunks(keys, data, ends)).toBe(keys.reduce((current, key) => current.replaceAll(key, KEY_MASK), whole));
    }),
  );
});
