/**
 * Settings files as people and programs leave them: cut, doubled, half written. Every run takes a sample; `FUZZ_RUNS=10000` runs
 * all. The seed is fixed; `FUZZ_SEED` sets another one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editSettings, findObstacle, type SettingsEdit } from './edit-settings.ts';
import { migrateSettings, migrationEdits } from './migrate-settings.ts';
import { decodeSettings, locateKey, parseSettings } from './parse-settings.ts';
import { toRunSettings } from './run-settings.ts';
import { valueAt } from './value-at.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';
import { SettingsValues } from './settings-schema.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

const SOURCES: readonly string[] = [
  `{
  // my models
  "$version": 4,
  "modelProviders": { "openai": [ { "id": "qwen3:32b", "baseUrl": "http://127.0.0.1:11434/v1", "envKey": "LOCAL_KEY", /* sealed */
      "generationConfig": { "contextWindowSize": 131072, "samplingParams": { "temperature": 0.2 } } } ] },
  "env": { "LOCAL_KEY": "x" }, "security": { "auth": { "selectedType": "openai" } }, "model": { "name": "qwen3:32b" },
  "permissions": { "allow": ["Bash(git status)", "Read"], "deny": [] },
}
`,
  '\uFEFF{\r\n\t"theme": "Qwen Dark",\r\n\t"model": "qwen3-max", // flat\r\n\t"selectedAuthType": "openai",\r\n\t"disableFuzzySearch": true,\r\n\t"fileFiltering": { "respectGitIgnore": false },\r\n\t"mcpServers": { "a": { "command": "x", "args": [] } }\r\n}\r\n',
  '{"$version":3,"general":{"gitCoAuthor":false,"disableAutoUpdate":true},"context":{"fileName":["A.md","B.md"],"includeDirectories":["~/x"]},"tools":{"shell":{"pager":"less"},"core":[]},"own":{"unknown":[1,{"deep":[null,true,"\\u00e9\\ud83d\\ude00"]}]}}',
  '{\n  "model": { "name": "a" },\n  "model": { "name": "b" }, // the last one counts\n  "tools": { "approvalMode": "plan", "approvalMode": "yolo" }\n}',
];

const PIECES: readonly string[] = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '/', '//', '/*', '*/', '\n', '\r\n', '\t', ' ', '\0', '\uFEFF', '\u2028', '-', '.', 'e9'],
  ...[
    'null',
    'true',
    '1e999',
    '01',
    '"a"',
    '{}',
    '[]',
    '"model": 7,',
    '"tools": [],',
    '"modelProviders": "x",',
    '"__proto__": { "x": 1 },',
  ],
  ...[
    '"$version": 2,',
    '"$version": "4",',
    '"env": { "A": 1 },',
    '"\\ud800": 1,',
    '"": {},',
    '[[[[[[[[',
    '$HOME',
    'undefined',
    "'a'",
    '#',
    '<<<<<<< HEAD\n',
  ],
  '['.repeat(3000),
  '{"a":'.repeat(3000),
];

const EDITS: readonly SettingsEdit[] = [
  { path: ['model', 'name'], value: 'picked' },
  { path: ['tools', 'approvalMode'], value: 'auto-edit' },
  { path: ['new', 'deep', 'key'], value: { a: [1] } },
  { path: ['security'], value: undefined },
];

test(`whatever happened to a settings file, it is read or its error is located, and an edit loses nothing (${RUNS} files)`, () => {
  const random = seeded(SEED);
  let editedFiles = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const bytes = mutated(random);
    try {
      if (check(bytes, random)) editedFiles += 1;
    } catch (error) {
      throw new Error(`file ${run} of seed ${SEED}: ${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 2000))}`, {
        cause: error,
      });
    }
  }
  expect(editedFiles).toBeGreaterThan(RUNS / 20);
}, 600_000);

test('a mutated file is edited on disk, or left unchanged', async () => {
  const random = seeded(SEED + 1);
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), '{}');
  const { settings } = openTestSettings(machine);
  let editedFiles = 0;
  for (let run = 0; run < RUNS / 3; run += 1) {
    const bytes = mutated(random);
    writeFileSync(path, bytes);
    const reading = await settings.read();
    const [problem] = reading.problems;
    const edited = await settings
      .editUser(() => [{ path: ['model', 'name'], value: `picked ${run}` }])
      .then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'settings_broken', message: expect.stringContaining('line') });
          return false;
        },
      );
    if (!edited) expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
    else {
      editedFiles += 1;
      expect(problem).toBeUndefined();
      expect((await settings.read()).values.model?.name).toBe(`picked ${run}`);
    }
  }
  expect(editedFiles).toBeGreaterThan(RUNS / 100);
}, 600_000);

/** Whether the file could be edited. */
function check(bytes: Uint8Array, random: () => number): boolean {
  const decoded = decodeSettings(bytes);
  if ('message' in decoded) return false;
  const { text } = decoded;
  const parsed = parseSettings(text, '/s');
  const strict = strictly(text);
  if (!parsed.ok) {
    const { line = 0, column = 0, message } = parsed.problem;
    const lines = text.split(/\r\n|\n|\r/);
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThan(0);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(message).toMatch(/\.$/);
    if (!message.includes('nested')) expect(strict).not.toBeTypeOf('object'); // what JSON accepts is read
    return false;
  }
  if (isObject(strict)) expect(parsed.value).toEqual(withoutProto(strict));
  const migrated = migrateSettings(parsed.value);
  toRunSettings(SettingsValues.parse(migrated.value), { root: '/p', home: '/h' });
  for (const key of Object.keys(parsed.value)) expect(locateKey(text, [key])).toBeDefined();

  const current = migrated.isFlat ? editSettings(text, migrationEdits(migrated)) : text;
  const before = parseSettings(current, '/s');
  if (!before.ok) throw new Error('the migrated text cannot be read');
  if (migrated.isFlat) expect(before.value).toEqual({ ...migrated.value, $version: 4 });
  const edit = EDITS[Math.floor(random() * EDITS.length)] ?? EDITS[0];
  if (edit === undefined || findObstacle(current, [edit]) !== undefined) return false;
  const after = parseSettings(editSettings(current, [edit]), '/s');
  if (!after.ok) throw new Error('the edited text cannot be read');
  const path = edit.path.map(String);
  expect(valueAt(after.value, path)).toEqual(edit.value);
  expect(without(after.value, path)).toEqual(without(current.trim() === '' || current === '\uFEFF' ? { $version: 4 } : before.value, path));
  return true;
}

/** 1 to 4 changes of one of the sources. */
function mutated(random: () => number): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T; // never empty
  let text = pick(SOURCES);
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) {
    const at = Math.floor(random() * (text.length + 1));
    const length = 1 + Math.floor(random() ** 3 * 60);
    const kind = Math.floor(random() * 7);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + length);
    if (kind === 1 || kind === 2) text = text.slice(0, at) + pick(PIECES) + text.slice(at);
    if (kind === 3) text = text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    if (kind === 4) text = text.slice(0, at);
    if (kind === 5) text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x3000)) + text.slice(at + 1);
    if (kind === 6) text = text.replace(/[:,]/, (mark) => `${mark}${pick(PIECES)}`);
  }
  const bytes = Buffer.from(text);
  if (random() < 0.05 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = 0xff;
  return random() < 0.02 ? Buffer.from(text, 'utf16le') : bytes;
}

function strictly(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined; // not strict JSON, so there is nothing to compare with
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutProto(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProto);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .filter((key) => key !== '__proto__')
      .map((key) => [key, withoutProto(value[key])]),
  );
}

/** Without the path, and without the objects that contain nothing else. */
function without(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  const { [key]: inner, ...others } = value;
  const left = rest.length === 0 ? undefined : without(inner, rest);
  return left === undefined || (isObject(left) && Object.keys(left).length === 0) ? others : { ...others, [key]: left };
}

/** mulberry32: the same files in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
