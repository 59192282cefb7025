/** Builds the engine from its parts. Nothing is opened, read or started before it is needed. */
import { join } from 'node:path';
import { type ProjectId, defined, type HostEvent, type SessionId } from '../../preload/contract/index.ts';
import { createCommands, createCustomCommands } from './command/index.ts';
import type { Engine } from './engine-api.ts';
import { createPathLists, rankPaths } from './mention/index.ts';
import { redactKeys } from './lib/redact.ts';
import { createBrokenFileNotifier } from './lib/front-matter-notice.ts';
import { createApprovals } from './approval/index.ts';
import { createSandbox } from './sandbox/index.ts';
import { createEmitter } from './lib/emitter.ts';
import { openHookGroups } from './hook/index.ts';
import { createMcp, offeredReferences } from './mcp/index.ts';
import type { EnginePorts } from './ports.ts';
import { collectingStore, createCollectedKeys, createProjects } from './project/index.ts';
import {
  createProviderRegistry,
  createRetries,
  type ProviderRegistry,
  getRetryMode,
  type WireProtocol,
  toWireProtocol,
} from './provider/index.ts';
import { createSessions, type SessionDeps } from './session/index.ts';
import { createSettings, createSettingsScreen, openGantryState, openTrustRecord, valueAt } from './settings/index.ts';
import { createSkills } from './skill/index.ts';
import { createAgents, createAgentTasks } from './subagent/index.ts';
import { createSurvivors, createTasks } from './task/index.ts';
import { createWorkspaceFiles } from './workspace-files.ts';
import { createBuiltinTools, createToolRegistry } from './tool/index.ts';

/** Parts a test scripts. */
export interface EngineParts {
  readonly models?: Pick<ProviderRegistry, 'resolve' | 'defaultModel'>;
  readonly openForAppend?: SessionDeps['openForAppend'];
}

export function composeEngine(ports: EnginePorts, parts: EngineParts = {}): Engine {
  const { paths, clock, logger, fs, host, trustedEndpoints } = ports;
  const keys = createCollectedKeys();
  const secrets = collectingStore(ports.secrets, keys);
  const events = createEmitter<HostEvent>((error) =>
    logger.error('A listener for events failed', { error: error instanceof Error ? error.stack : String(error) }),
  );
  const emit = (event: HostEvent) => events.emit(event);
  const state = openGantryState(paths.gantryHome, logger);
  const trust = openTrustRecord(paths.gantryHome, logger);
  const settings = createSettings({ paths, environment: ports.environment, clock, logger, emit, flags: ports.flags });
  const projects = createProjects({ paths, settings, state, trust, clock, keys, logger, emit });
  const version = host.version;
  const providers = createProviderRegistry({
    settings,
    state,
    trust,
    projects,
    secrets,
    clock,
    logger,
    trustedEndpoints,
    onlyProtocol: protocolOfFlags(ports),
    home: paths.home,
    version,
    emit,
  });
  let notifyMonitorOutput = (_sessionId: SessionId): void => undefined; // set below: sessions need the tasks first
  const agentTasks = createAgentTasks({ clock, emit });
  const tasks = createTasks({
    openPtyHost: ports.openPtyHost,
    clock,
    logger,
    emit,
    async keys() {
      await within(clock, KEYRING_LIMIT_MS, providers.readStoredKeys());
      return keys.values();
    },
    onMonitorLines: (sessionId) => notifyMonitorOutput(sessionId),
    survivors: ports.survivors,
    agents: agentTasks,
  });
  const pathLists = createPathLists(clock);
  const onProblem = createBrokenFileNotifier({ emit, logger });
  const skills = createSkills({ fs, qwenHome: paths.qwenHome, onProblem });
  const commands = createCommands({ custom: createCustomCommands({ fs, qwenHome: paths.qwenHome, onProblem }), fs });
  const agents = createAgents({ fs, qwenHome: paths.qwenHome, onProblem });
  const approvals = createApprovals({
    settings,
    paths,
    clock,
    projects,
    sandbox: createSandbox({ gantryHome: paths.gantryHome }),
    onChanged: () => emit({ event: 'settings.changed', data: {} }),
  });
  const registry = createToolRegistry(createBuiltinTools());
  const settingsScreen = createSettingsScreen({
    settings,
    state,
    projectOf: async (projectId) => {
      const project = projects.get(projectId);
      return { root: project.root, cwd: project.cwd, trusted: (await project.trust()) === 'trusted' };
    },
    defaultModel: (projectId) => providers.defaultModelFor(projectId),
    setDefaultModel: (model) => providers.setDefaultModel(model),
    emit,
  });
  const mcp = createMcp({ ...ports, secrets, projects, settings, screen: settingsScreen, registry, emit });
  const hookGroups = openHookGroups(ports);
  const sessions = createSessions({
    mcp,
    hookGroups: hookGroups.groups,
    hideKeys: (text) => redactKeys(text, keys.values()),
    approvals,
    skills,
    agents,
    commands,
    pathLists,
    clock,
    logger,
    fs,
    tasks,
    agentTasks,
    recallTasks: (request) => tasks.recall(request),
    interruptedTasks: (sessionId) => tasks.interrupted(sessionId),
    registry,
    providers: parts.models ?? providers,
    ...defined({ openForAppend: parts.openForAppend }),
    host,
    qwenHome: paths.qwenHome,
    gantryHome: paths.gantryHome,
    projectsDir: join(paths.qwenRuntime, 'projects'),
    projects,
    emit,
    async retryFor({ unattended }, project) {
      return createRetries(unattended ? getRetryMode(await project.lookupEnv()) : 'normal', Math.random);
    },
  });
  notifyMonitorOutput = (sessionId) => sessions.onMonitorOutput(sessionId);
  const unsubscribe = events.subscribe((event) => {
    if (event.event === 'settings.changed') mcp.settingsChanged();
    if (event.event !== 'task.changed') return;
    const { wasBackground, endedAtMs, ofEarlierRun, sessionId, status } = event.data.task;
    if (status === 'interrupted') sessions.onTaskInterrupted(sessionId);
    // The next prompt reports a task that ended with an earlier run; it is not a reason to send a request to the model.
    if (wasBackground && endedAtMs !== undefined && ofEarlierRun !== true) sessions.onTaskEnded(sessionId);
  });
  const placeOf = (projectId: ProjectId) => {
    const project = projects.get(projectId);
    return { root: project.root, fs, childEnv: () => project.childEnv(), runSettings: () => project.runSettings() };
  };
  let closing: Promise<void> | undefined;

  return {
    projects: {
      ...projects,
      async runDefaults(projectId) {
        const [defaults, environment] = await Promise.all([projects.runDefaults(projectId), projects.get(projectId).lookupEnv()]);
        return { ...defaults, unattendedRetry: getRetryMode(environment) === 'unattended' };
      },
      async findFiles(projectId, query, limit) {
        const project = projects.get(projectId);
        const [list, isHidden, resources] = await Promise.all([
          pathLists.list(placeOf(projectId)),
          approvals.hidden(projectId).catch(() => () => false),
          mcp.resources(projectId),
        ]);
        const found = rankPaths(list.entries, query, 2 * limit).filter((path) => !isHidden(join(project.root, path)));
        const offered = offeredReferences(resources, query).slice(0, limit);
        const files = found.slice(0, limit - offered.length);
        return { paths: query.includes(':') ? [...offered, ...files] : [...files, ...offered], isWhole: list.isWhole };
      },
    },
    files: createWorkspaceFiles({
      ...{ fs, pathLists, hidden: approvals.hidden, unreadable: approvals.unreadable },
      place: placeOf,
    }),
    sessions,
    tasks,
    survivors: createSurvivors(ports.survivors, emit),
    providers,
    settings: settingsScreen,
    mcp,
    permissions: approvals,
    commands: {
      async list(projectId) {
        const project = projects.get(projectId);
        const [trust, { disabledSkills, disabledCommands }] = await Promise.all([project.trust(), project.extensionSettings()]);
        const place = { root: project.root, isTrusted: trust === 'trusted' };
        const found = await skills.list({ ...place, disabled: disabledSkills });
        return await commands.list({ ...place, disabled: disabledCommands, skills: found, prompts: () => mcp.prompts(projectId) });
      },
      async agentNames(projectId) {
        const project = projects.get(projectId);
        const found = await agents.list({ root: project.root, isTrusted: (await project.trust()) === 'trusted' });
        return found.map(({ name }) => name);
      },
    },
    hideKey: (value) => keys.add(value),
    subscribe: (listener) => events.subscribe(listener),
    close() {
      closing ??= (async () => {
        notifyMonitorOutput = () => undefined;
        unsubscribe(); // tasks that are stopped from here on send no events
        await sessions.endTurns();
        await Promise.all([tasks.close(), mcp.close()]);
        await sessions.releaseAll();
        hookGroups.close();
        settings.close();
      })();
      return closing;
    },
  };
}

/** A command does not wait longer for a keyring that does not answer. Unit: ms. */
const KEYRING_LIMIT_MS = 500;

/** Resolves with the work, or after the time. */
function within(clock: EnginePorts['clock'], ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    void work.finally(() => {
      cancel();
      resolve();
    });
  });
}

function protocolOfFlags({ flags }: EnginePorts): WireProtocol | undefined {
  const selected = valueAt(flags, ['security', 'auth', 'selectedType']);
  return typeof selected === 'string' ? toWireProtocol(selected) : undefined;
}
