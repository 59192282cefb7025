import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostEvent, ProjectId } from '../../../../preload/contract/index.ts';
import type { Environment, SecretStore } from '../../ports.ts';
import { createProjects } from '../../project/index.ts';
import { openGantryState, openTrustRecord } from '../../settings/index.ts';
import { createTestMachine, openTestSettings, realClock, type TestMachine } from '../../settings/settings.fixture.ts';
import { createProviderRegistry, type ProviderRegistryDeps } from './provider-registry.ts';

/** A key store in memory that records what was asked for. */
export function memorySecrets(
  keys: Record<string, string> = {},
): SecretStore & { readonly keys: Map<string, string>; readonly asked: string[] } {
  const kept = new Map(Object.entries(keys));
  const asked: string[] = [];
  return {
    keys: kept,
    asked,
    async get(account) {
      asked.push(account);
      const value = kept.get(account);
      return value === undefined ? undefined : { value, where: 'keyring' };
    },
    set: async (account, value) => void kept.set(account, value),
    delete: async (account) => void kept.delete(account),
    describe: async () => ({ keyring: 'available', fileAllowed: false, filePath: '/keys.json' }),
    allowFile: async () => undefined,
    isLocked: () => false,
    moveAll: async () => undefined,
  };
}

export interface TestRegistry {
  readonly machine: TestMachine;
  readonly registry: ReturnType<typeof createProviderRegistry>;
  readonly secrets: ReturnType<typeof memorySecrets>;
  readonly events: HostEvent[];
  readonly logged: () => string;
  readonly settingsPath: string;
  /** Opens the folder `p` with these settings of its own. */
  openProject(options: {
    trust: boolean;
    settings?: object;
  }): Promise<{ id: ProjectId; context: ReturnType<ReturnType<typeof createProjects>['get']> }>;
}

export function openRegistry(
  options: {
    user?: object | string;
    environment?: Environment;
    keys?: Record<string, string>;
    more?: Partial<ProviderRegistryDeps>;
    flags?: object;
  } = {},
): TestRegistry {
  const machine = createTestMachine();
  const settingsPath = join(machine.paths.qwenHome, 'settings.json');
  if (options.user !== undefined) machine.write(settingsPath, options.user);
  const { settings, events, logger, logged } = openTestSettings(machine, options.environment, undefined, { ...options.flags });
  const state = openGantryState(machine.paths.gantryHome, logger);
  const trust = openTrustRecord(machine.paths.gantryHome, logger);
  const clock = realClock();
  const emit = (event: HostEvent) => void events.push(event);
  const projects = createProjects({ paths: machine.paths, settings, state, trust, clock, logger, emit, platform: 'linux' });
  const secrets = memorySecrets(options.keys);
  const registry = createProviderRegistry({
    settings,
    state,
    trust,
    projects,
    secrets,
    clock,
    logger,
    trustedEndpoints: [],
    home: machine.paths.home,
    version: '0',
    emit,
    demoPieceDelayMs: 0,
    ...options.more,
  });
  return {
    machine,
    registry,
    secrets,
    events,
    logged,
    settingsPath,
    async openProject({ trust: trusted, settings: own }) {
      mkdirSync(join(machine.folder, 'p'), { recursive: true });
      if (own !== undefined) machine.write('p/.qwen/settings.json', own);
      const { id } = await projects.open(join(machine.folder, 'p'), { trust: trusted });
      return { id, context: projects.get(id) };
    },
  };
}
