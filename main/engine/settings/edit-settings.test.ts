import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editSettings, findObstacle, NEW_SETTINGS_TEXT } from './edit-settings.ts';
import { locateKey, parseSettings } from './parse-settings.ts';

test.each([
  ['comments and a trailing comma are accepted', '// mine\n{ "a": 1, /* two */ "b": [1,], }', { a: 1, b: [1] }],
  ['an empty file counts as an empty object', ' \n', {}],
  ['a byte order mark is skipped', '\uFEFF{"a":1}', { a: 1 }],
])('%s', (_name, text, value) => {
  expect(parseSettings(text, '/s')).toEqual({ ok: true, value });
});

test.each([
  ['a missing value', '{\n  "a": ,\n}', 2, 8],
  ['a missing brace', '{\n  "a": 1\n', 3, 1],
  ['a list instead of an object', '[]', 1, 1],
])('%s is reported with line and column', (_name, text, line, column) => {
  expect(parseSettings(text, '/s')).toMatchObject({ ok: false, problem: { path: '/s', line, column } });
});

test('an edit keeps comments, order, unknown keys and tabs', () => {
  const text = '{\n\t// why\n\t"model": { "name": "a" }, // keep\n\t"zzz": true\n}\n';
  expect(
    editSettings(text, [
      { path: ['model', 'name'], value: 'b' },
      { path: ['tools', 'approvalMode'], value: 'plan' },
    ]),
  ).toBe('{\n\t// why\n\t"model": { "name": "b" }, // keep\n\t"zzz": true,\n\t"tools": {\n\t\t"approvalMode": "plan"\n\t}\n}\n');
});

test('an edit keeps Windows line ends and the byte order mark', () => {
  const edited = editSettings('\uFEFF{\r\n  "a": 1\r\n}\r\n', [{ path: ['b'], value: 2 }]);
  expect(edited).toBe('\uFEFF{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n');
});

test('a new element is inserted into a list without touching the others', () => {
  const edited = editSettings('{ "l": [1] }', [{ path: ['l', 1], value: 2, insert: true }]);
  expect(JSON.parse(edited)).toEqual({ l: [1, 2] });
});

test.each([
  ['[1,2,3]', 2, '[1,2]'],
  ['[1,2,3]', 0, '[2,3]'],
  ['[1,2,3]', 1, '[1,3]'],
  ['[1]', 0, '[]'],
  ['[\n  1, // one\n  2, // two\n  3 // three\n]', 2, '[\n  1, // one\n  2 // two // three\n]'],
  ['[\n  1, // one\n  2, // two\n]', 0, '[\n  // one\n  2, // two\n]'],
  ['[1, 2,]', 1, '[1]'],
  ['[ { "a": [1] }, { "b": 2 } ]', 1, '[ { "a": [1] } ]'],
])('in %s element %i is removed', (list, index, expected) => {
  expect(editSettings(`{ "l": ${list} }`, [{ path: ['l', index], value: undefined }])).toBe(`{ "l": ${expected} }`);
});

test('whatever is removed from any list, the rest stays unchanged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { minLength: 1, maxLength: 6 }),
      fc.nat(5),
      fc.constantFrom(undefined, 2, '\t'),
      (list, at, indent) => {
        const index = at % list.length;
        const plain: unknown[] = JSON.parse(JSON.stringify(list));
        const edited = editSettings(JSON.stringify({ x: 1, l: plain, y: 2 }, undefined, indent), [
          { path: ['l', index], value: undefined },
        ]);
        expect(JSON.parse(edited)).toEqual({ x: 1, l: plain.toSpliced(index, 1), y: 2 });
      },
    ),
  );
});

test('whatever is set, added or removed, the rest stays unchanged', () => {
  const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue(), { minKeys: 1, maxKeys: 4 });
  fc.assert(
    fc.property(
      object,
      fc.array(fc.jsonValue(), { maxLength: 3 }),
      fc.jsonValue(),
      fc.nat(3),
      fc.constantFrom(undefined, 2, '\t'),
      (found, list, value, at, indent) => {
        const start: Record<string, unknown> = JSON.parse(JSON.stringify({ ...found, list }));
        const key = Object.keys(found)[at % Object.keys(found).length] ?? '';
        const text = JSON.stringify(start, undefined, indent);
        const { [key]: _removed, ...rest } = start;
        expect(JSON.parse(editSettings(text, [{ path: [key], value: undefined }]))).toEqual(rest);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(editSettings(text, [{ path: [key], value: plain }]))).toEqual({ ...start, [key]: plain });
        expect(JSON.parse(editSettings(text, [{ path: ['new', 'deep'], value: plain }]))).toEqual({ ...start, new: { deep: plain } });
        expect(JSON.parse(editSettings(text, [{ path: ['list', list.length], value: plain, insert: true }]))).toEqual({
          ...start,
          list: [...JSON.parse(JSON.stringify(list)), plain],
        });
      },
    ),
  );
});

test('a new file states that nothing needs migrating', () => {
  expect(JSON.parse(editSettings('', [{ path: ['a'], value: 1 }]))).toEqual({ ...JSON.parse(NEW_SETTINGS_TEXT), a: 1 });
});

test.each([
  [
    'an inline object stays inline',
    '{\n  "model": { "name": "a" },\n  "mcpServers": { "a": { "args": [] } }\n}\n',
    '{\n  "model": { "name": "a" },\n  "mcpServers": { "a": { "args": [] } },\n  "z": 1\n}\n',
  ],
  ['a comment after the last value stays with it', '{\n  "a": 1 // why\n}\n', '{\n  "a": 1, // why\n  "z": 1\n}\n'],
  ['a comma after the last value is kept', '{\r\n\t"a": 1, // why\r\n}\r\n', '{\r\n\t"a": 1, // why\r\n\t"z": 1,\r\n}\r\n'],
  ['a comment in an empty object stays', '{\n  // nothing yet\n}', '{\n  // nothing yet\n  "z": 1\n}'],
  ['one line stays one line', '{"a":1}', '{"a":1, "z": 1}'],
  ['no line end at the end stays so', '{\n  "a": 1\n}', '{\n  "a": 1,\n  "z": 1\n}'],
])('a new key: %s', (_name, text, expected) => {
  expect(editSettings(text, [{ path: ['z'], value: 1 }])).toBe(expected);
});

test('if a key occurs twice, the last one is read and located, and both are changed and removed', () => {
  const text = '{\n  "m": { "a": 1 },\n  "m": { "a": 2 }\n}';
  expect(parseSettings(text, '/s')).toEqual({ ok: true, value: { m: { a: 2 } } });
  expect(locateKey(text, ['m', 'a'])).toEqual({ line: 3, column: 10 });
  expect(editSettings(text, [{ path: ['m', 'a'], value: 3 }])).toBe('{\n  "m": { "a": 1 },\n  "m": { "a": 3 }\n}');
  expect(parseSettings(editSettings(text, [{ path: ['m'], value: undefined }]), '/s')).toEqual({ ok: true, value: {} });
});

test('a value where an object is needed is reported and not thrown away', () => {
  expect(findObstacle('{\n  "tools": []\n}', [{ path: ['tools', 'approvalMode'], value: 'plan' }])).toEqual({
    line: 2,
    column: 12,
    message: '"tools" is a list here, where an object { ... } is needed.',
  });
});

test.each([
  ['nested too deeply', '['.repeat(200), /nested more than 100 deep/],
  ['with a comment that never ends', '{ "a": /* 1 }', /Not valid JSON/],
])('a file %s is reported and does not crash the edit', (_name, text, message) => {
  const parsed = parseSettings(text, '/s');
  expect(parsed.ok ? '' : parsed.problem.message).toMatch(message);
});

test('missing lists and objects on the path are created', () => {
  const edited = editSettings('{}', [
    { path: ['l', 'x', 0], value: 1, insert: true },
    { path: ['l', 'x', 1], value: 2, insert: true },
  ]);
  expect(JSON.parse(edited)).toEqual({ l: { x: [1, 2] } });
});
