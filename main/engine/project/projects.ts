/**
 * The folders the user works in: their trust, their summaries, and a `ProjectContext` each for the rest of the engine. It owns
 * state.json's list of recent folders and trust.json's list of trusted ones, but neither sessions nor settings.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { defined, type HostEvent, type ProjectId, type ProjectSummary, type Trust } from '../../../preload/contract/index.ts';
import type { Projects } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import type { Clock, EnginePaths, Environment, Logger } from '../ports.ts';
import {
  type GantryState,
  type JsonStore,
  type LayeredSettings,
  toRunSettings,
  type SettingsReading,
  startingMode,
  type TrustRecord,
} from '../settings/index.ts';
import { holdsHome } from '../lib/within.ts';
import { childEnvironment } from './child-environment.ts';
import type { CollectedKeys } from './collected-keys.ts';
import { toExtensionSettings } from './extension-settings.ts';
import { createGitBranchReader } from './git-branch.ts';
import { toMcpSettings } from './mcp-settings.ts';
import type { ProjectContext, ProjectDirectory } from './project-api.ts';
import { listProjectFiles } from './project-files.ts';
import { getChatsDir, toProjectId, getTempDir } from './session-paths.ts';
import { pathTyped, suggestPaths } from './suggest-paths.ts';

export interface ProjectsDeps {
  readonly paths: EnginePaths;
  readonly settings: LayeredSettings;
  readonly state: JsonStore<GantryState>;
  readonly trust: JsonStore<TrustRecord>;
  readonly clock: Clock;
  /** Receives the keys of a folder's environment before a command runs there. */
  readonly keys?: Pick<CollectedKeys, 'add' | 'addFrom'>;
  readonly logger: Logger;
  readonly emit: (event: HostEvent) => void;
  readonly platform?: NodeJS.Platform;
}

/** The list is for people; the oldest entries are dropped. */
const MAX_RECENT = 50;

/**
 * Opens the list of folders of this machine.
 * Errors: `open`: folder_not_found, not_a_folder; `get`, `trust`, `forget`: project_unknown. A folder that was deleted later is
 * not an error: its summary has `exists: false`.
 */
export function createProjects(deps: ProjectsDeps): Omit<Projects, 'findFiles'> & ProjectDirectory {
  const platform = deps.platform ?? process.platform;
  const realHome = realpath(deps.paths.home).catch(() => deps.paths.home);
  const known = new Map<ProjectId, { readonly context: ProjectContext; openedAtMs: number }>();

  const getTrust = (root: string): Trust => deps.trust.read().folders[root] ?? 'unknown';

  const remember = (root: string, openedAtMs: number) => {
    const id = toProjectId(root, platform);
    const entry = known.get(id) ?? { context: createContext(deps, root, platform, getTrust), openedAtMs };
    entry.openedAtMs = openedAtMs;
    known.set(id, entry);
    return entry;
  };

  const find = (projectId: ProjectId) => {
    const found = known.get(projectId);
    if (found !== undefined) return found;
    const recent = deps.state.read().projects.find((project) => toProjectId(project.path, platform) === projectId);
    if (recent !== undefined) return remember(recent.path, recent.openedAtMs);
    throw new EngineError('project_unknown', 'This folder is not open. Open it again.', { data: { projectId } });
  };

  const summarize = async ({ context, openedAtMs }: { context: ProjectContext; openedAtMs: number }): Promise<ProjectSummary> => {
    const [found, branch, projectFiles] = await Promise.all([
      stat(context.root).catch(() => undefined),
      context.gitBranch(),
      listProjectFiles(context.root),
    ]);
    return {
      id: context.id,
      path: context.root,
      name: basename(context.root) === '' ? context.root : basename(context.root),
      ...defined({ branch }),
      trust: getTrust(context.root),
      projectFiles,
      ...(holdsHome(context.root, await realHome) ? { holdsHome: true as const } : {}),
      exists: found?.isDirectory() === true,
      openedAtMs,
    };
  };

  const changed = async (entry: { context: ProjectContext; openedAtMs: number }): Promise<ProjectSummary> => {
    const project = await summarize(entry);
    deps.emit({ event: 'project.changed', data: { project } });
    return project;
  };

  const recordTrust = (root: string, trusted: boolean) =>
    deps.trust.update((record) => ({ ...record, folders: { ...record.folders, [root]: trusted ? 'trusted' : 'untrusted' } }));

  return {
    get: (projectId) => find(projectId).context,
    idOf(folder) {
      const id = toProjectId(folder, platform);
      return known.has(id) || deps.state.read().projects.some((project) => toProjectId(project.path, platform) === id) ? id : undefined;
    },
    async list() {
      const recent = deps.state.read().projects;
      return Promise.all(recent.map((project) => summarize(remember(project.path, project.openedAtMs))));
    },
    lastShown: () => deps.state.read().lastShown ?? undefined,
    async setLastShown(view) {
      await deps.state.update((state) => ({ ...state, lastShown: view }));
    },
    async open(path, options = {}) {
      const root = await realFolder(pathTyped(path, deps.paths.home));
      if (options.trust !== undefined) await recordTrust(root, options.trust);
      const entry = remember(root, deps.clock.now());
      if (options.remember !== false) {
        const recent = { path: root, openedAtMs: entry.openedAtMs };
        const remembered = deps.state.update((state) => ({
          ...state,
          projects: [recent, ...state.projects.filter((project) => project.path !== root)].slice(0, MAX_RECENT),
        }));
        // The list is for people: the folder is opened even if it cannot be added.
        await remembered.catch((error: unknown) => deps.logger.warn('A recent folder was not kept', { path: root, error: String(error) }));
      }
      return changed(entry);
    },
    async trust(projectId, trusted) {
      const entry = find(projectId);
      await recordTrust(entry.context.root, trusted);
      deps.emit({ event: 'settings.changed', data: {} }); // the project's layer applies from now on, or no longer
      return changed(entry);
    },
    describe: (projectId) => summarize(find(projectId)),
    async forget(projectId) {
      const { root } = find(projectId).context;
      // This process keeps it: a session in it may still be running.
      await deps.state.update((state) => ({ ...state, projects: state.projects.filter((project) => project.path !== root) }));
      deps.emit({ event: 'project.removed', data: { projectId } });
    },
    suggestPaths: (prefix) => suggestPaths(prefix, deps.paths.home),
    async runDefaults(projectId) {
      const { limits, outputFormat } = await find(projectId).context.runSettings();
      return { ...limits, ...defined({ outputFormat }) };
    },
  };
}

function createContext(deps: ProjectsDeps, root: string, platform: NodeJS.Platform, getTrust: (root: string) => Trust): ProjectContext {
  const read = (trusted = getTrust(root) === 'trusted'): Promise<SettingsReading> => deps.settings.read({ root, cwd: root, trusted });
  const readBranch = createGitBranchReader();
  return {
    id: toProjectId(root, platform),
    root,
    cwd: root,
    trust: () => Promise.resolve(getTrust(root)),
    chatsDir: getChatsDir(deps.paths, root, platform),
    tempDir: getTempDir(deps.paths, root, platform),
    gitBranch: () => readBranch(root),
    async approvalMode() {
      return startingMode((await read()).values.tools?.approvalMode, getTrust(root) === 'trusted');
    },
    async runSettings() {
      const { values, operatorValues, environment } = await read();
      const proxies = { proxy: operatorValues.proxy, environment: environment.process };
      const allowPrivate = operatorValues.gantry?.webFetch?.allowPrivate ?? false;
      return { ...toRunSettings(values, { root, home: deps.paths.home }), web: { allowPrivate, proxies } };
    },
    async extensionSettings() {
      return toExtensionSettings(await read());
    },
    async mcpSettings() {
      const reading = await read();
      const { values, operatorValues } = reading;
      return toMcpSettings(reading, [...listEnvKeys(values.modelProviders), ...listEnvKeys(operatorValues.modelProviders)]);
    },
    async lookupEnv(): Promise<Environment> {
      return (await read()).environment.all;
    },
    async childEnv() {
      const { values, operatorValues, environment } = await read();
      // A folder may hide more from its commands, and never pass more to them.
      const envKeys = [...listEnvKeys(values.modelProviders), ...listEnvKeys(operatorValues.modelProviders)];
      deps.keys?.addFrom(environment, envKeys);
      deps.keys?.add(values.security?.auth?.apiKey);
      return childEnvironment(environment.process, { envKeys, passed: operatorValues.gantry?.shell?.passEnv ?? [] });
    },
  };
}

function listEnvKeys(modelProviders: Readonly<Record<string, readonly unknown[]>> | undefined): string[] {
  return Object.values(modelProviders ?? {})
    .flat()
    .flatMap((entry) =>
      typeof entry === 'object' && entry !== null && 'envKey' in entry && typeof entry.envKey === 'string' ? [entry.envKey] : [],
    );
}

async function realFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new EngineError('folder_not_found', `There is no folder ${path}. Check the path, or open another folder.`, { data: { path } });
  }
  if (!found.isDirectory()) {
    throw new EngineError('not_a_folder', `${path} is a file. Open the folder that contains it.`, { data: { path } });
  }
  return realpath(path);
}
