/**
 * Reads the settings layers and edits the user's file. Owns the cache of parsed files and the watching of their folders.
 * It does not decide what a setting means: that is with the folder the setting belongs to.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import writeFileAtomic from 'write-file-atomic';
import type { HostEvent, SettingsFile, SettingsProblem } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Clock, EnginePaths, Environment, Logger } from '../ports.ts';
import { dotenvCandidates, usableVariables } from './dotenv-search.ts';
import { createFileCache } from './file-cache.ts';
import { mergeSettings } from './merge-settings.ts';
import { resolveVariables } from './resolve-variables.ts';
import type { LayeredSettings, LookupEnvironment, SettingsProject, SettingsReading, SettingsScope } from './settings-api.ts';
import { editSettings, parseSettings, type SettingsEdit } from './settings-file.ts';
import { SettingsValues } from './settings-schema.ts';
import { createSettingsWatch } from './settings-watch.ts';

export interface SettingsDeps {
  readonly paths: EnginePaths;
  readonly environment: () => Promise<Environment>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: HostEvent) => void;
}

interface Layer {
  readonly file: SettingsFile;
  readonly value: Readonly<Record<string, unknown>>;
  readonly problem?: SettingsProblem;
}

/** Opens the settings of this machine. See `LayeredSettings`. Creates nothing on disk until something is edited. */
export function createSettings(deps: SettingsDeps): LayeredSettings {
  const { paths, logger } = deps;
  const userPath = join(paths.qwenHome, 'settings.json');
  const readSettings = createFileCache(parseSettings);
  const readDotenv = createFileCache((text) => parseDotenv(text));
  const watch = createSettingsWatch(deps.clock, () => deps.emit({ event: 'settings.changed', data: {} }));
  let environment: Promise<Environment> | undefined;
  let lastEdit: Promise<unknown> = Promise.resolve();

  const processEnvironment = () => (environment ??= deps.environment());

  const readLayer = async (scope: SettingsScope, path: string, used: boolean): Promise<Layer> => {
    const found = await readSettings(path);
    const file = { scope, path, exists: found.state !== 'missing', used: used && found.state === 'read' && found.value.ok };
    if (found.state === 'missing') return { file, value: {} };
    if (found.state === 'unreadable') return { file, value: {}, problem: { path, message: `The file cannot be read: ${found.message}` } };
    return found.value.ok ? { file, value: found.value.value } : { file, value: {}, problem: found.value.problem };
  };

  const findDotenv = async (project: SettingsProject | undefined, excluded: readonly string[] | undefined, own: Environment) => {
    for (const candidate of dotenvCandidates(paths, project)) {
      const found = await readDotenv(candidate.path);
      if (found.state === 'unreadable') logger.warn('.env cannot be read', { path: candidate.path, error: found.message });
      if (found.state === 'read') return { path: candidate.path, variables: usableVariables(found.value, candidate, own, excluded) };
    }
    return undefined;
  };

  const read = async (project?: SettingsProject): Promise<SettingsReading> => {
    watch.add(paths.qwenHome);
    if (project !== undefined) watch.add(join(project.root, '.qwen'));
    const layers = await Promise.all([
      readLayer('system-defaults', paths.systemDefaults, true),
      readLayer('user', userPath, true),
      ...(project === undefined ? [] : [readLayer('project', join(project.root, '.qwen', 'settings.json'), project.trusted)]),
      readLayer('system', paths.systemSettings, true),
    ]);
    const used = layers.filter((layer) => layer.file.used);
    const operatorLayers = used.filter((layer) => layer.file.scope !== 'project').map((layer) => layer.value);
    const merged = mergeSettings(used.map((layer) => layer.value));
    const own = await processEnvironment();
    const excluded = SettingsValues.parse(mergeSettings(operatorLayers)).advanced?.excludedEnvVars;
    const dotenv = await findDotenv(project, excluded, own);
    const known = { ...dotenv?.variables, ...defined(own) };
    const all = resolveVariables(merged, known) as Readonly<Record<string, unknown>>; // an object stays an object
    const values = SettingsValues.parse(all);
    return {
      values,
      all,
      operatorValues: SettingsValues.parse(resolveVariables(mergeSettings(operatorLayers), known)),
      providerScopes: scopesOf(used),
      environment: lookup(own, dotenv, values.env ?? {}),
      files: layers.map((layer) => layer.file),
      problems: layers.flatMap((layer) => layer.problem ?? []),
    };
  };

  const writeUser = async (plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]): Promise<void> => {
    const text = await readUserText(userPath);
    const parsed = parseSettings(text ?? '', userPath);
    if (!parsed.ok) throw brokenFile(parsed.problem);
    const edits = plan(parsed.value);
    if (edits.length === 0) return;
    try {
      await mkdir(dirname(userPath), { recursive: true, mode: 0o700 });
      await writeFileAtomic(userPath, editSettings(text ?? '', edits), text === undefined ? { mode: 0o600 } : {});
    } catch (error) {
      throw new EngineError(
        'settings_unwritable',
        `The settings file cannot be written: ${userPath}. Check its permissions and the free space.`,
        {
          cause: error,
          data: { path: userPath },
        },
      );
    }
    deps.emit({ event: 'settings.changed', data: {} });
  };

  return {
    read,
    editUser(plan) {
      const next = lastEdit.then(() => writeUser(plan));
      lastEdit = next.catch(() => undefined); // its caller hears of the failure; the next edit starts from the file again
      return next;
    },
    processEnvironment,
    close: () => watch.close(),
  };
}

async function readUserText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new EngineError('settings_unwritable', `The settings file cannot be read: ${path}. Check its permissions.`, {
      cause: error,
      data: { path },
    });
  }
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

function lookup(own: Environment, dotenv: { path: string; variables: Environment } | undefined, settings: Environment): LookupEnvironment {
  return {
    process: own,
    dotenv: dotenv?.variables ?? {},
    dotenvPath: dotenv?.path,
    settings,
    all: { ...settings, ...dotenv?.variables, ...defined(own) },
  };
}

/** Without names that are there but undefined: they must not hide a value of a lower source. */
function defined(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}

function scopesOf(layers: readonly Layer[]): Readonly<Record<string, SettingsScope>> {
  const scopes: Record<string, SettingsScope> = {};
  for (const { file, value } of layers) {
    const providers = value['modelProviders'];
    if (typeof providers !== 'object' || providers === null) continue;
    for (const key of Object.keys(providers)) scopes[key] = file.scope;
  }
  return scopes;
}
