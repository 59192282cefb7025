import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonClip, omittedBytes } from './json-clip.ts';
import { createJsonScanner, decodeText } from './json-scan.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '200');

/** Pieces of these lengths, repeated. */
function pieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}

function clip(bytes: Buffer, limits: { textBytes: number; memberBytes: number }, lengths: readonly number[]): string {
  const made = createJsonClip(limits);
  // One window for all pieces, like a reader: kept bytes must be copied.
  const window = Buffer.alloc(Math.max(...lengths, 1));
  for (const piece of pieces(bytes, lengths)) {
    piece.copy(window);
    made.push(window.subarray(0, piece.length));
  }
  return made.result();
}

/** Every text value, joined from its pieces, in order. */
function texts(bytes: Buffer, lengths: readonly number[]): { path: unknown; text: string }[] {
  const scanner = createJsonScanner();
  const found: { path: unknown; text: string }[] = [];
  let text = '';
  for (const piece of pieces(bytes, lengths)) {
    for (const token of scanner.push(piece)) {
      if (token.kind === 'raw') continue;
      text += decodeText(token.bytes);
      if (!token.isLast) continue;
      found.push({ path: token.path, text });
      text = '';
    }
  }
  return found;
}

function textsOf(value: unknown, path: readonly (string | number)[] = []): { path: unknown; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((inner, index) => textsOf(inner, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
}

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '\\\\',
    '/',
    '\u{1f600}',
    '\ud83d',
    '\ude00',
    '\u0000',
    'é',
    '漢字',
    '\n',
    '\\u0041',
    '{"a":1}',
    '],[',
  ),
);
const text = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join('')),
  fc.constant('x'.repeat(300)),
);
const name = fc.oneof(
  fc.constantFrom('text', 'uuid', 'parentUuid', 'type', 'message', 'parts', 'a', '__proto__', 'é'),
  word.map((one) => one.toWellFormed()),
);
const recordOf = (names: fc.Arbitrary<string>) =>
  fc.letrec<{ value: unknown; list: unknown[]; object: Record<string, unknown>; record: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    record: fc.tuple(fc.dictionary(names, tie('value'), { maxKeys: 6 }), fc.uuid(), text).map(([rest, uuid, said]) => ({
      ...rest,
      message: { role: 'model', parts: [{ text: said }] },
      uuid,
    })),
  })).record;

/**
 * Names that JSON writes as they are: V8 13.6 and 14.6 (Node 24 and 26) have a fault in `JSON.parse` and read an escaped name as
 * another one after an object of the same shape, as in `JSON.parse('{"h":[],"\\\\":0}')` and then
 * `JSON.parse('{"h":1,"\\"":2}')`, which gives the name `\`. Source: nodejs/node issue 63785.
 */
const plainName = name.filter((one) => JSON.stringify(one) === `"${one}"`);

/** JSON of the same value, written as other programs may: white space, and any character as an escape. */
function write(value: unknown, choose: (options: number) => number): string {
  const space = () => ['', '', '', ' ', '\t', ' \r '][choose(6)] ?? '';
  const char = (unit: string) => {
    const plain = JSON.stringify(unit).slice(1, -1);
    const hex = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return [plain, plain, hex, hex.toUpperCase().replace('\\U', '\\u'), unit === '/' ? '\\/' : plain][choose(5)] ?? plain;
  };
  const quoted = (said: string) => {
    if (choose(2) === 0) return JSON.stringify(said);
    let written = '';
    for (const character of said)
      written +=
        character.length === 1
          ? char(character)
          : choose(2) === 0
            ? character
            : [...Array(2).keys()].map((at) => char(`${character[at]}`)).join('');
    return `"${written}"`;
  };
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${space()}${value.map((inner) => write(inner, choose)).join(`${space()},${space()}`)}${space()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `${quoted(key)}${space()}:${space()}${write(inner, choose)}`);
  return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
}

function chooser(seed: number): (options: number) => number {
  let state = seed;
  return (options) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * options);
  };
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

test('below its limits a clip equals its input, and every text is found, whatever the order, the escapes and the pieces', () => {
  fc.assert(
    fc.property(recordOf(name), fc.nat(), lengths, (value, seed, cuts) => {
      const bytes = Buffer.from(write(value, chooser(seed)));
      expect(clip(bytes, { textBytes: 1e6, memberBytes: 1e6 }, cuts)).toBe(bytes.toString());
      expect(texts(bytes, cuts)).toEqual(textsOf(value));
    }),
    { numRuns: RUNS },
  );
});

test('beyond its limits every text is cut to its beginning, with the count of omitted bytes', () => {
  fc.assert(
    fc.property(recordOf(plainName), lengths, fc.integer({ min: 0, max: 40 }), (value, cuts, textBytes) => {
      const bytes = Buffer.from(JSON.stringify(value));
      expectBeginning(JSON.parse(bytes.toString()), JSON.parse(clip(bytes, { textBytes, memberBytes: 1e6 }, cuts)), textBytes);
    }),
    { numRuns: RUNS },
  );
});

function expectBeginning(whole: unknown, cut: unknown, limit: number): void {
  if (typeof whole === 'string') {
    expect(whole.startsWith(String(cut))).toBe(true);
    expect(Buffer.byteLength(String(cut))).toBeLessThanOrEqual(Math.max(limit, Buffer.byteLength(whole)));
    // A pair of surrogates is never split.
    const [last, next] = [String(cut).at(-1) ?? '', whole[String(cut).length] ?? ''];
    expect(`${last}${next}`).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
    return;
  }
  if (typeof whole !== 'object' || whole === null) return expect(cut).toEqual(whole);
  for (const [key, inner] of Object.entries(whole)) {
    const kept: unknown = Reflect.get(cut as object, key); // the outermost are objects or the test fails here
    expectBeginning(inner, kept, limit);
    if (typeof inner !== 'string' || Array.isArray(whole)) continue;
    expect(omittedBytes(cut as Record<string, unknown>, key) > 0).toBe(kept !== inner);
  }
}

test('the fields of a record are found after a member that is too large', () => {
  const parts = Array.from({ length: 500 }, (_, at) => ({ text: `part ${at}`, thought: false }));
  const numbers = Array.from({ length: 500 }, (_, at) => at);
  for (const members of [
    { message: { role: 'model', parts }, numbers, uuid: 'u', parentUuid: 'p', type: 'assistant' },
    { uuid: 'u', numbers, parentUuid: 'p', message: { role: 'model', parts }, type: 'assistant' },
    { numbers, type: 'assistant', uuid: 'u', message: { parts, role: 'model' }, parentUuid: 'p' },
  ]) {
    for (const cuts of [[1], [7, 3], [4096]]) {
      const read = JSON.parse(clip(Buffer.from(JSON.stringify(members)), { textBytes: 100, memberBytes: 500 }, cuts));
      expect(read).toMatchObject({ uuid: 'u', parentUuid: 'p', type: 'assistant', numbers: null });
      expect(read.message.parts.slice(0, 3)).toEqual(parts.slice(0, 3));
      expect(read.message.parts.length).toBeLessThan(30);
    }
  }
});

test('input that is truncated, closes too early or nests too deep is not JSON', () => {
  const whole = JSON.stringify({ uuid: 'u', message: { parts: [{ text: 'x'.repeat(200) }] } });
  for (const broken of [whole.slice(0, 60), whole.slice(0, -1), `${whole}}`, `${whole} x`, '['.repeat(5000), 'no json']) {
    const read = clip(Buffer.from(broken), { textBytes: 10, memberBytes: 1000 }, [16]);
    expect(() => JSON.parse(read)).toThrow();
  }
});

test('input that is too large even with all texts cut gives no result', () => {
  const limits = { textBytes: 100, memberBytes: 500 };
  const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, 'x'.repeat(90)]));
  expect(JSON.parse(clip(Buffer.from(JSON.stringify(members(15))), limits, [64]))).toEqual(members(15));
  expect(clip(Buffer.from(JSON.stringify(members(30))), limits, [64])).toBe('');
});
