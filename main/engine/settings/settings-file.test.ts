import { expect, test } from 'vitest';
import { editSettings, NEW_SETTINGS_TEXT, parseSettings } from './settings-file.ts';

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
])('%s is told with line and column', (_name, text, line, column) => {
  expect(parseSettings(text, '/s')).toMatchObject({ ok: false, problem: { path: '/s', line, column } });
});

test('an edit keeps comments, order, unknown keys and tabs', () => {
  const text = '{\n\t// why\n\t"model": { "name": "a" }, // keep\n\t"zzz": true\n}\n';
  expect(editSettings(text, [{ path: ['model', 'name'], value: 'b' }, { path: ['tools', 'approvalMode'], value: 'plan' }])).toBe(
    '{\n\t// why\n\t"model": { "name": "b" }, // keep\n\t"zzz": true,\n\t"tools": {\n\t\t"approvalMode": "plan"\n\t}\n}\n',
  );
});

test('an edit keeps Windows line ends and the byte order mark', () => {
  const edited = editSettings('\uFEFF{\r\n  "a": 1\r\n}\r\n', [{ path: ['b'], value: 2 }]);
  expect(edited).toBe('\uFEFF{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n');
});

test('a new element is put into a list without touching the others', () => {
  const edited = editSettings('{ "l": [1] }', [{ path: ['l', 1], value: 2, insert: true }]);
  expect(JSON.parse(edited)).toEqual({ l: [1, 2] });
});

test('a new file says that nothing needs migrating', () => {
  expect(JSON.parse(editSettings('', [{ path: ['a'], value: 1 }]))).toEqual({ ...JSON.parse(NEW_SETTINGS_TEXT), a: 1 });
});
