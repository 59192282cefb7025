import { expect, test } from 'vitest';
import { editSettings } from './edit-settings.ts';
import { migrateSettings, migrationEdits } from './migrate-settings.ts';

test('flat keys of version 1 are read at their current place, others stay', () => {
  const { value, isFlat } = migrateSettings({
    theme: 'Dark',
    model: 'qwen3',
    selectedAuthType: 'openai',
    coreTools: ['read_file'],
    fileFiltering: { respectGitIgnore: false, disableFuzzySearch: true },
    disableUpdateNag: true,
    mcpServers: { a: {} },
    mine: 1,
  });
  expect(isFlat).toBe(true);
  expect(value).toEqual({
    ui: { theme: 'Dark' },
    model: { name: 'qwen3' },
    security: { auth: { selectedType: 'openai' } },
    tools: { core: ['read_file'] },
    context: { fileFiltering: { respectGitIgnore: false, enableFuzzySearch: false } },
    general: { enableAutoUpdate: false },
    mcpServers: { a: {} },
    mine: 1,
  });
});

test('a value in the current form takes precedence, and the flat key beside it is not lost', () => {
  const { value } = migrateSettings({ maxSessionTurns: 3, model: { maxSessionTurns: 9 } });
  expect(value).toEqual({ maxSessionTurns: 3, model: { maxSessionTurns: 9 } });
});

test.each([
  ['version 2', { $version: 2, general: { disableAutoUpdate: 'TRUE' } }, { $version: 2, general: { enableAutoUpdate: false } }],
  ['version 3', { $version: 3, general: { gitCoAuthor: false } }, { $version: 3, general: { gitCoAuthor: { commit: false, pr: false } } }],
  ['today’s version', { $version: 4, theme: 'x' }, { $version: 4, theme: 'x' }],
  [
    'today’s version with a key of an older one',
    { $version: 4, general: { disableAutoUpdate: true } },
    { $version: 4, general: { disableAutoUpdate: true } },
  ],
  [
    'one of two keys that disable the same',
    { $version: 2, general: { disableAutoUpdate: false, disableUpdateNag: true } },
    { $version: 2, general: { enableAutoUpdate: false } },
  ],
  ['no version and no flat key', { model: { name: 'a' } }, { model: { name: 'a' } }],
])('%s', (_name, written, read) => {
  expect(migrateSettings(written)).toMatchObject({ value: read, isFlat: false });
});

test('reading does not change its input', () => {
  const written = { general: { gitCoAuthor: true }, model: 'a' };
  migrateSettings(written);
  expect(written).toEqual({ general: { gitCoAuthor: true }, model: 'a' });
});

test('edits bring a file with flat keys into the current form, with unknown keys and comments kept', () => {
  const text = '{\n  // mine\n  "own": 1,\n  "model": "a"\n}\n';
  const edited = editSettings(text, migrationEdits(migrateSettings({ own: 1, model: 'a' })));
  expect(edited).toBe('{\n  // mine\n  "own": 1,\n  "model": {\n    "name": "a"\n  },\n  "$version": 4\n}\n');
});
