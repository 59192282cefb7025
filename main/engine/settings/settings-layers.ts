/** One settings file as a layer: its value in the current form, its problems, and the positions of its keys. */
import type { SettingsFile, SettingsProblem } from '../../../preload/contract/index.ts';
import { type CachedFile, createFileCache } from '../lib/file-cache.ts';
import { withoutKey, withoutOperatorKeys } from './merge-settings.ts';
import { type MigratedSettings, migrateSettings } from './migrate-settings.ts';
import { decodeSettings, locateKey, parseSettings } from './parse-settings.ts';
import type { SettingsScope } from './settings-api.ts';
import { valueAt } from './value-at.ts';

export interface SettingsLayer {
  readonly file: SettingsFile;
  readonly value: Readonly<Record<string, unknown>>;
  readonly problem?: SettingsProblem;
  /** The position of the value under this path of the current form, or of the key it was moved from. */
  placeOf(path: readonly string[]): { readonly line: number; readonly column: number } | undefined;
}

interface ReadableFile {
  readonly text: string;
  readonly migrated: MigratedSettings;
}

type ParsedFile = { readonly file: ReadableFile } | { readonly problem: SettingsProblem };

interface LayerPlace {
  readonly scope: SettingsScope;
  readonly path: string;
  readonly isAllowed: boolean;
}

export type ReadLayer = (scope: SettingsScope, path: string, isAllowed: boolean) => Promise<SettingsLayer>;

/**
 * A file that has become unreadable keeps its last values while this process runs. The layer of an unchanged file stays the same
 * object.
 */
export function createLayerReader(): ReadLayer {
  const readFile = createFileCache(parseFile);
  const lastGood = new Map<string, ReadableFile>();
  const known = new Map<string, { readonly found: CachedFile<ParsedFile>; readonly layer: SettingsLayer }>();
  const toLayer = (found: CachedFile<ParsedFile>, { scope, path, isAllowed }: LayerPlace): SettingsLayer => {
    if (found.state === 'missing') {
      lastGood.delete(path);
      return emptyLayer({ scope, path, exists: false, used: false });
    }
    const parsed: ParsedFile =
      found.state === 'read' ? found.value : { problem: { path, message: `The file cannot be read: ${found.message}` } };
    if ('file' in parsed) lastGood.set(path, parsed.file);
    const good = 'file' in parsed ? parsed.file : lastGood.get(path);
    const file: SettingsFile = { scope, path, exists: true, used: isAllowed && good !== undefined };
    const layer = good === undefined ? emptyLayer(file) : readableLayer(file, good);
    if ('file' in parsed) return layer;
    return { ...layer, problem: { ...parsed.problem, ...(good === undefined ? {} : { usesLastGood: true }) } };
  };
  return async (scope, path, isAllowed) => {
    const found = await readFile(path);
    const key = `${scope} ${isAllowed} ${path}`;
    const cached = known.get(key);
    if (cached?.found === found) return cached.layer;
    const layer = toLayer(found, { scope, path, isAllowed });
    known.set(key, { found, layer });
    return layer;
  };
}

function parseFile(bytes: Uint8Array, path: string): ParsedFile {
  const decoded = decodeSettings(bytes);
  if ('message' in decoded) return { problem: { path, line: 1, column: 1, message: decoded.message } };
  const parsed = parseSettings(decoded.text, path);
  return parsed.ok ? { file: { text: decoded.text, migrated: migrateSettings(parsed.value) } } : { problem: parsed.problem };
}

function emptyLayer(file: SettingsFile): SettingsLayer {
  return { file, value: {}, placeOf: () => undefined };
}

function readableLayer(file: SettingsFile, { text, migrated }: ReadableFile): SettingsLayer {
  return {
    file,
    value: file.scope === 'project' ? withoutOperatorKeys(migrated.value) : migrated.value,
    placeOf: (path) => {
      const key = path.join('\0');
      const from = migrated.moved.find(({ to }) => key === to.join('\0') || key.startsWith(`${to.join('\0')}\0`));
      return locateKey(text, from?.from ?? path);
    },
  };
}

/**
 * The command line as the highest layer; undefined if it sets nothing. It is not a file, so it is not among the files that are
 * shown.
 */
export function flagsLayer(flags: Readonly<Record<string, unknown>> | undefined): readonly SettingsLayer[] {
  if (flags === undefined || Object.keys(flags).length === 0) return [];
  return [{ file: { scope: 'system', path: 'the command line', exists: true, used: true }, value: flags, placeOf: () => undefined }];
}

/**
 * A list on the command line that names the only servers to use is not combined with those of the files. Source: docs/formats.md
 * 3.1.
 */
const REPLACED_BY_FLAGS: readonly string[] = ['mcp', 'allowed'];

export function withFlags(values: readonly SettingsLayer['value'][], flags: readonly SettingsLayer[]): readonly SettingsLayer['value'][] {
  const replaces = flags.some(({ value }) => valueAt(value, REPLACED_BY_FLAGS) !== undefined);
  return [...(replaces ? values.map((value) => withoutKey(value, REPLACED_BY_FLAGS)) : values), ...flags.map(({ value }) => value)];
}
