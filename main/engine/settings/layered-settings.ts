/**
 * Reads the settings layers and edits the user's file. Owns the cache of parsed files and the watching of their folders. It does
 * not interpret settings: the folder that uses a setting does.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';
import { parse as parseDotenv } from 'dotenv';
import type { HostEvent, SettingsProblem } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { createFileCache } from '../lib/file-cache.ts';
import { asFileError } from '../lib/file-errors.ts';
import type { Clock, EnginePaths, Environment, Logger } from '../ports.ts';
import { dotenvCandidates, isLoaderName, usableVariables } from './dotenv-search.ts';
import { editSettings, findObstacle } from './edit-settings.ts';
import { mergeSettings } from './merge-settings.ts';
import { migrateSettings, migrationEdits } from './migrate-settings.ts';
import { decodeSettings, parseSettings } from './parse-settings.ts';
import { changeFile } from './replace-file.ts';
import { resolveVariables } from './resolve-variables.ts';
import { originsInEnvironment, originsInLayers } from './setting-origins.ts';
import type { LayeredSettings, LookupEnvironment, SettingsProject, SettingsReading, SettingsScope } from './settings-api.ts';
import { createLayerReader, flagsLayer, type SettingsLayer, withFlags } from './settings-layers.ts';
import { SettingsValues } from './settings-schema.ts';
import { createSettingsWatch } from './settings-watch.ts';

export interface SettingsDeps {
  readonly paths: EnginePaths;
  readonly environment: () => Promise<Environment>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: HostEvent) => void;
  /** See `EnginePorts.flags`. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
}

type EditPlan = Parameters<LayeredSettings['editUser']>[0];

/** Opens the settings of this machine. See `LayeredSettings`. Creates nothing on disk until something is edited. */
export function createSettings(deps: SettingsDeps): LayeredSettings {
  const { paths, logger } = deps;
  const userPath = join(paths.qwenHome, 'settings.json');
  const projectPath = (root: string) => join(root, '.qwen', 'settings.json');
  const readLayer = createLayerReader();
  const flags = flagsLayer(deps.flags);
  const readDotenv = createFileCache((bytes) => parseDotenv(new TextDecoder().decode(bytes)));
  const watch = createSettingsWatch(deps.clock, () => deps.emit({ event: 'settings.changed', data: {} }));
  /** By the request; a reading is valid until one of its files changes. */
  const readings = new Map<string, { readonly files: readonly unknown[]; readonly reading: SettingsReading }>();
  let environment: Promise<Environment> | undefined;
  let lastEdit: Promise<unknown> = Promise.resolve();

  const processEnvironment = () => (environment ??= deps.environment());

  const findDotenv = async (project: SettingsProject | undefined) => {
    for (const candidate of dotenvCandidates(paths, project)) {
      const found = await readDotenv(candidate.path);
      if (found.state === 'unreadable') logger.warn('.env cannot be read', { path: candidate.path, error: found.message });
      if (found.state === 'read') return { candidate, file: found };
    }
    return undefined;
  };

  const read = async (project?: SettingsProject): Promise<SettingsReading> => {
    for (const folder of [paths.qwenHome, paths.home, dirname(paths.systemSettings), dirname(paths.systemDefaults)]) watch.add(folder);
    if (project !== undefined) for (const folder of [project.root, join(project.root, '.qwen')]) watch.add(folder);
    const layers = await Promise.all([
      readLayer('system-defaults', paths.systemDefaults, true),
      readLayer('user', userPath, true),
      ...(project === undefined ? [] : [readLayer('project', projectPath(project.root), project.trusted)]),
      readLayer('system', paths.systemSettings, true),
    ]);
    const found = await findDotenv(project);
    const files = [found?.file, ...layers];
    const key = project === undefined ? '' : `${project.trusted} ${project.root} ${project.cwd}`;
    const last = readings.get(key);
    if (last?.files.every((file, index) => file === files[index]) === true) return last.reading;
    const used = layers.filter((layer) => layer.file.used);
    const operatorLayers = withFlags(
      used.filter((layer) => layer.file.scope !== 'project').map((layer) => layer.value),
      flags,
    );
    const merged = mergeSettings(
      withFlags(
        used.map((layer) => layer.value),
        flags,
      ),
    );
    const own = await processEnvironment();
    const excluded = SettingsValues.parse(mergeSettings(operatorLayers)).advanced?.excludedEnvVars;
    const dotenv = found && { path: found.candidate.path, variables: usableVariables(found.file.value, found.candidate, own, excluded) };
    const known = { ...dotenv?.variables, ...defined(own) };
    const all = withVariables(merged, known);
    const values = SettingsValues.parse(all);
    const lookedUp = lookup(own, dotenv, values.env ?? {});
    const reading: SettingsReading = {
      values,
      all,
      operatorValues: SettingsValues.parse(withVariables(mergeSettings(operatorLayers), known)),
      providerScopes: toScopes(used),
      environment: lookedUp,
      files: layers.map((layer) => layer.file),
      problems: layers.flatMap((layer) => layer.problem ?? []),
      originsOf: (path) => originsInLayers([...layers, ...flags], path),
      originsOfVariables: (names) => originsInEnvironment(lookedUp, names),
    };
    readings.set(key, { files, reading });
    return reading;
  };

  const write = async (path: string, plan: EditPlan): Promise<void> => {
    let hasChanged: boolean;
    try {
      hasChanged = await changeFile(path, async (seen) => {
        const edited = editedText(seen, path, plan);
        if (edited?.backup !== undefined) await keepBackup(path, edited.backup);
        return edited?.text;
      });
    } catch (error) {
      const coded = asFileError(error, 'write', path);
      if (!(coded instanceof EngineError)) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new EngineError('settings_unwritable', `Cannot write ${path}: ${reason}. Try again.`, { cause: error, data: { path } });
      }
      if (coded.code !== 'file_unwritable') throw coded;
      throw new EngineError('settings_unwritable', coded.message, { cause: error, data: { path } });
    }
    if (hasChanged) deps.emit({ event: 'settings.changed', data: {} });
  };

  const edit = (path: string, plan: EditPlan): Promise<void> => {
    const next = lastEdit.then(() => write(path, plan));
    lastEdit = next.catch(() => undefined); // the caller receives the error; the next edit starts from the file again
    return next;
  };

  return {
    read,
    editUser: (plan) => edit(userPath, plan),
    editProject: (root, plan) => edit(projectPath(root), plan),
    processEnvironment,
    close: () => watch.close(),
  };
}

/** The new content of the file, and the old content if the edit migrates it to the current form. Undefined: nothing changes. */
function editedText(seen: Buffer | undefined, path: string, plan: EditPlan): { text: string; backup?: Buffer } | undefined {
  const decoded = decodeSettings(seen ?? new Uint8Array());
  if ('message' in decoded) throw brokenFile({ path, line: 1, column: 1, message: decoded.message });
  const parsed = parseSettings(decoded.text, path);
  if (!parsed.ok) throw brokenFile(parsed.problem);
  const migrated = migrateSettings(parsed.value);
  const edits = plan(migrated.value);
  if (edits.length === 0) return undefined;
  const current = migrated.isFlat ? editSettings(decoded.text, migrationEdits(migrated)) : decoded.text;
  const obstacle = findObstacle(current, edits);
  if (obstacle !== undefined) throw brokenFile({ path, ...obstacle });
  const text = editSettings(current, edits);
  if (text === decoded.text) return undefined;
  return { text, ...(migrated.isFlat && seen !== undefined ? { backup: seen } : {}) };
}

/** Beside the file, once: the oldest form is the one to restore. */
async function keepBackup(path: string, bytes: Buffer): Promise<void> {
  const backup = `${path}.before-gantry`;
  await writeFile(backup, bytes, { flag: 'wx', mode: 0o600 }).catch(async (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return readRegularFile(backup); // it exists and is readable
    throw error;
  });
}

function brokenFile(problem: SettingsProblem): EngineError {
  const place = problem.line === undefined ? '' : `, line ${problem.line}, column ${problem.column}`;
  return new EngineError(
    'settings_broken',
    `Nothing was saved: ${problem.path}${place} is broken. ${problem.message} Correct it and try again.`,
    {
      data: { path: problem.path, line: problem.line, column: problem.column },
    },
  );
}

function lookup(own: Environment, dotenv: { path: string; variables: Environment } | undefined, written: Environment): LookupEnvironment {
  const settings = Object.fromEntries(Object.entries(written).filter(([name]) => !isLoaderName(name)));
  return {
    process: own,
    dotenv: dotenv?.variables ?? {},
    dotenvPath: dotenv?.path,
    settings,
    all: { ...settings, ...dotenv?.variables, ...defined(own) },
  };
}

/** A value may also name a variable of the settings' own `env`, if no other source has it. Source: Qwen Code, both releases. */
function withVariables(settings: Readonly<Record<string, unknown>>, known: Environment): Readonly<Record<string, unknown>> {
  const { env } = SettingsValues.parse({ env: resolveVariables(settings['env'], known) });
  return resolveVariables(settings, { ...env, ...known }) as Readonly<Record<string, unknown>>; // an object stays an object
}

/** Without names whose value is undefined: they must not hide a value of a lower source. */
function defined(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}

function toScopes(layers: readonly SettingsLayer[]): Readonly<Record<string, SettingsScope>> {
  const scopes: Record<string, SettingsScope> = {};
  for (const { file, value } of layers) {
    const providers = value['modelProviders'];
    if (typeof providers !== 'object' || providers === null) continue;
    for (const key of Object.keys(providers)) scopes[key] = file.scope;
  }
  return scopes;
}
