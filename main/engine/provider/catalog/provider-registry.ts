/**
 * Resolves a model from settings and keys, and lists the providers for the settings screen.
 * The only state is what it has listed: it reads settings, keys and records when asked. provider-groups decides what a provider
 * is, key-lookup where a key comes from, provider-edits what an edit looks like.
 */
import {
  defined,
  type HostEvent,
  type ModelRef,
  type ProjectId,
  type ProviderId,
  type ProviderPreset,
  type ProviderSummary,
} from '../../../../preload/contract/index.ts';
import { EngineError } from '../../errors.ts';
import type { Clock, Logger, SecretStore } from '../../ports.ts';
import type { ProjectContext, ProjectDirectory } from '../../project/index.ts';
import {
  type GantryState,
  type JsonStore,
  type LayeredSettings,
  type ModelEntry,
  type SettingsProject,
  type TrustRecord,
} from '../../settings/index.ts';
import { proxyFor } from '../../http/proxy-choice.ts';
import { createDemoProvider } from '../demo/demo-provider.ts';
import { DEMO_MODEL_ID, DEMO_NAME, DEMO_PROVIDER_ID } from '../demo/demo-script.ts';
import { protocolFacts } from '../protocol-facts.ts';
import { createProvider, listModels } from '../protocols.ts';
import type { ProviderConfig } from '../provider-config.ts';
import { lockedText, missingKeyText } from '../provider-failure.ts';
import type { WireProtocol } from '../provider.ts';
import { toWireProtocol } from '../signatures.ts';
import { requestLogFolder } from '../request-log.ts';
import type { ProviderRegistry, ResolvedModel, ResolveOptions } from '../registry-api.ts';
import { LIST_TIMEOUT_MS, testConnection } from './connection-test.ts';
import { getContextWindow } from './context-windows.ts';
import { chooseModel, findDefaultModel, withinProtocol } from './default-model.ts';
import { discoverLocal } from './discover-local.ts';
import { findKey } from './key-lookup.ts';
import { LOCAL_PRESETS, PRESETS } from './presets.ts';
import { createConfig, positiveNumber } from './provider-config-of.ts';
import { toKeyAccount, keyVariable, plainEntry, type ProviderGroup } from './provider-groups.ts';
import { groupWithoutModels, type ProviderView, readProviderView, summarizeProvider } from './provider-view.ts';
import { reachProvider } from './reach-provider.ts';
import { createProviderWrites } from './provider-writes.ts';

export interface ProviderRegistryDeps {
  readonly settings: LayeredSettings;
  readonly state: JsonStore<GantryState>;
  readonly trust: JsonStore<TrustRecord>;
  readonly projects: ProjectDirectory;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trustedEndpoints: readonly string[];
  /** From `--auth-type`: only providers of this protocol are used. */
  readonly onlyProtocol?: WireProtocol | undefined;
  /** The user's home folder, for `~` in a path. */
  readonly home: string;
  /** Gantry's own version, sent to providers. */
  readonly version: string;
  readonly emit: (event: HostEvent) => void;
  /** Where to look for servers on this machine. Default: Ollama, LM Studio, vLLM. */
  readonly localServers?: readonly ProviderPreset[];
  /** The delay between two pieces of the demo's text. Default: 12 ms. */
  readonly demoPieceDelayMs?: number;
}

/** The registry with the methods that the settings screen needs. */
export interface ProviderRegistryWithDefaults extends ProviderRegistry {
  defaultModelFor(projectId?: ProjectId): Promise<ModelRef | undefined>;
  /** Reads the stored keys of the known providers that were not read before, so that the store has seen them. Never rejects. */
  readStoredKeys(): Promise<void>;
  /** Errors: settings_broken, settings_unwritable, model_unknown. */
  setDefaultModel(model: ModelRef): Promise<void>;
}

const DEMO_WINDOW_TOKENS = 131_072;

export function createProviderRegistry(deps: ProviderRegistryDeps): ProviderRegistryWithDefaults {
  const { settings, state, trust, secrets, clock } = deps;
  /** Providers of folders that were listed: a key can be set for them although the request names no folder. */
  const seen = new Map<ProviderId, ProviderGroup>();
  const readAccounts = new Set<string>();

  const changed = () => deps.emit({ event: 'settings.changed', data: {} });

  const getView = async (project: ProjectContext | undefined): Promise<ProviderView> => {
    const scope: SettingsProject | undefined =
      project === undefined ? undefined : { root: project.root, cwd: project.cwd, trusted: (await project.trust()) === 'trusted' };
    const { logger, trustedEndpoints } = deps;
    const view = await readProviderView({ settings, state: state.read(), trust: trust.read(), trustedEndpoints, secrets, logger }, scope);
    for (const group of view.groups) seen.set(group.id, group);
    return view;
  };
  const findProject = (projectId: ProjectId | undefined) => (projectId === undefined ? undefined : deps.projects.get(projectId));

  const choiceIn = (view: ProviderView) =>
    withinProtocol({
      groups: view.groups,
      values: view.reading.values,
      environment: view.reading.environment.all,
      chosen: state.read().defaultModel,
      // The administrator's settings take precedence, also over the command line.
      onlyProtocol: toWireProtocol(view.reading.operatorValues.security?.auth?.enforcedType) ?? deps.onlyProtocol,
    });

  const toConfig = (view: ProviderView, group: ProviderGroup, entry: ModelEntry | undefined): ProviderConfig =>
    createConfig({ view, group, entry, clock, version: deps.version });
  const getRequestLog = (view: ProviderView, { root }: ProjectContext): ProviderConfig['requestLog'] => {
    const folder = requestLogFolder(view.reading, { root, home: deps.home });
    return folder === undefined ? undefined : { folder, logger: deps.logger, nowMs: () => clock.now() };
  };

  const demo = (root: string) => createDemoProvider({ clock, root, ...defined({ pieceDelayMs: deps.demoPieceDelayMs }) });

  const find = async (providerId: ProviderId): Promise<ProviderGroup> => {
    const group = (await getView(undefined)).groups.find((candidate) => candidate.id === providerId) ?? seen.get(providerId);
    if (group !== undefined) return group;
    throw new EngineError('bad_params', 'This provider is no longer configured, or needs no key.', { data: { providerId } });
  };

  const writes = createProviderWrites({
    settings,
    state,
    secrets,
    find,
    getView: () => getView(undefined),
    forget: (id) => void seen.delete(id),
  });

  /** A key may be in a locked keyring: the test of the keyring asks the user to unlock it. */
  const readUnlocked = async (readKey: () => Promise<string | undefined>) => {
    const key = await readKey();
    if (key !== undefined || !secrets.isLocked()) return key;
    return (await secrets.describe()).keyring === 'available' ? readKey() : undefined;
  };

  return {
    async resolve(project, wanted, how = {}): Promise<ResolvedModel> {
      const view = await getView(project);
      const ref = chooseModel(choiceIn(view), wanted, how);
      if (ref.providerId === DEMO_PROVIDER_ID) {
        return { ref, provider: demo(project.root), modelId: ref.modelId, contextWindowTokens: DEMO_WINDOW_TOKENS };
      }
      const group = getGroup(view, ref.providerId);
      if (!view.isTrusted(group)) throw untrusted(group);
      const described = group.entries.find((candidate) => candidate.id === ref.modelId);
      const entry = described ?? (group.scope === 'builtin' ? plainEntry(ref.modelId, view.reading.values) : undefined);
      const config = withEffort(toConfig(view, group, entry), how.effort);
      if (config.proxies !== undefined) proxyFor(new URL(group.baseUrl), config.proxies); // throws if none can be used
      const { needsKey } = config.endpoint;
      if ((needsKey || group.envKey !== undefined) && (await readUnlocked(config.readKey)) === undefined) {
        const data = { providerId: group.id, envKey: config.endpoint.envKey };
        if (secrets.isLocked()) throw new EngineError('keyring_unavailable', lockedText(config.endpoint), { data });
        if (needsKey) throw new EngineError('missing_api_key', missingKeyText(config.endpoint), { data });
      }
      const maxOutputTokens = positiveNumber(view.reading.environment.all['QWEN_CODE_MAX_OUTPUT_TOKENS']);
      return {
        ref,
        // By the next request the folder may have lost its trust or a key may have changed, so every request reads them again.
        provider: createProvider({
          ...config,
          requestLog: getRequestLog(view, project),
          readKey: async () => (await findKey(group, (await getView(project)).lookup))?.value,
        }),
        modelId: ref.modelId,
        contextWindowTokens: entry?.generationConfig?.contextWindowSize ?? getContextWindow(ref.modelId),
        ...defined({ maxOutputTokens }),
        ...(config.generation?.reasoning === false ? { thinksNot: true } : {}),
      };
    },
    defaultModel: async (project) => findDefaultModel(choiceIn(await getView(project))),
    defaultModelFor: async (projectId) => findDefaultModel(choiceIn(await getView(findProject(projectId)))),

    async setDefaultModel(model) {
      if (model.providerId === DEMO_PROVIDER_ID) {
        await state.update((value) => ({ ...value, defaultModel: { providerId: DEMO_PROVIDER_ID, modelId: DEMO_MODEL_ID } }));
        return changed();
      }
      const view = await getView(undefined);
      const ref = chooseModel({ ...choiceIn(view), chosen: null }, model);
      const group = getGroup(view, ref.providerId);
      const isAmbiguous = view.groups.filter((other) => other.entries.some((entry) => entry.id === ref.modelId)).length > 1;
      await settings.editUser((current) => [
        { path: ['model', 'name'], value: ref.modelId },
        ...(isAmbiguous || hasModelUrl(current) ? [{ path: ['model', 'baseUrl'], value: isAmbiguous ? group.baseUrl : undefined }] : []),
        { path: ['security', 'auth', 'selectedType'], value: protocolFacts(group.protocol).listKey },
      ]);
      if (state.read().defaultModel !== null) await state.update((value) => ({ ...value, defaultModel: null }));
      return changed();
    },

    async list(projectId) {
      const view = await getView(findProject(projectId));
      const providers = await Promise.all(view.groups.map((group) => summarizeProvider(view, group)));
      return { providers: [...providers, DEMO_SUMMARY], presets: PRESETS };
    },

    async save(draft, replaces) {
      const providerId = await writes.save(draft, replaces);
      changed();
      return providerId;
    },
    async delete(providerId) {
      // If the key cannot be deleted from the keyring, that is reported, and the provider is removed anyway.
      await writes.delete(providerId).finally(changed);
    },

    async setKey(providerId, key, store) {
      const group = await find(providerId);
      const value = key.trim();
      // Other characters are not allowed in a header, and would appear in an error's text.
      if (!/^[\x21-\x7e]+$/.test(value)) throw new EngineError('bad_params', 'A key is one word of plain characters. Copy it again.');
      await secrets.set(toKeyAccount(group), value, store);
      changed();
    },
    async deleteKey(providerId) {
      await secrets.delete(toKeyAccount(await find(providerId))).finally(changed); // a copy in the file is removed in any case
    },

    async test({ providerId, modelId, projectId }) {
      if (providerId === DEMO_PROVIDER_ID)
        return { outcome: 'works', message: 'The offline demo needs no connection.', testedModel: DEMO_MODEL_ID };
      const view = await getView(findProject(projectId));
      const group = getGroup(view, providerId);
      if (!view.isTrusted(group)) {
        const { message } = untrusted(group);
        return { outcome: 'url', code: 'endpoint_untrusted', message, remedy: 'Allow this address first.' };
      }
      const entry = group.entries.find((candidate) => candidate.id === modelId) ?? group.entries[0];
      const config = toConfig(view, group, entry);
      const key = await config.readKey();
      if (config.endpoint.needsKey && key === undefined) {
        return { outcome: 'key', code: 'missing_api_key', message: missingKeyText(config.endpoint), remedy: 'Enter a key.' };
      }
      return testConnection({
        provider: createProvider(config),
        protocol: group.protocol,
        firstModel: entry?.id,
        modelId,
        clock,
        listModels: () => listModels(config, key, { timeoutMs: LIST_TIMEOUT_MS }),
      });
    },

    async keyNewlySent({ protocol, baseUrl, envKey }) {
      const view = await getView(undefined);
      const group = groupWithoutModels({ protocol, baseUrl, envKey });
      const account = toKeyAccount(group);
      const presets = PRESETS.map((preset) => ({ protocol: preset.protocol ?? 'openai', baseUrl: preset.baseUrl, envKey: preset.envKey }));
      const isKnown = [...view.groups, ...presets].some((other) => toKeyAccount(other) === account);
      if (isKnown) return undefined;
      const found = await findKey(group, view.lookup);
      if (found === undefined || found.source === 'keyring' || found.source === 'file') return undefined;
      return { variable: keyVariable(group), origin: new URL(baseUrl).origin };
    },

    async trustEndpoint(providerId, projectId) {
      const project = deps.projects.get(projectId);
      const group = getGroup(await getView(project), providerId);
      await trust.update((record) => {
        const agreed = new Set(record.endpoints[project.root]).add(toKeyAccount(group));
        return { ...record, endpoints: { ...record.endpoints, [project.root]: [...agreed] } };
      });
      changed();
    },

    async reach(providerId, projectId) {
      const view = await getView(findProject(projectId));
      const group = getGroup(view, providerId);
      return view.isTrusted(group) ? reachProvider(toConfig(view, group, undefined)) : undefined;
    },

    async readStoredKeys() {
      try {
        await getView(undefined); // adds to `seen`
        const accounts = [...new Set([...seen.values()].map(toKeyAccount))].filter((account) => !readAccounts.has(account));
        for (const account of accounts) {
          if (secrets.isLocked()) return; // each read may ask the user to unlock it; when it is read later, the key is collected then
          await secrets.get(account);
          readAccounts.add(account);
        }
      } catch (error) {
        deps.logger.warn('The stored keys could not be read', { error: String(error) });
      }
    },

    discover: () => discoverLocal(deps.localServers ?? LOCAL_PRESETS),
    describeKeyStore: () => secrets.describe(),
    async allowKeyFile(allowed) {
      await secrets.allowFile(allowed);
      changed();
      return secrets.describe();
    },
    async moveKeysToKeyring() {
      await secrets.moveAll().finally(changed); // some may have been moved before it failed
      return secrets.describe();
    },
  };
}

const DEMO_SUMMARY: ProviderSummary = {
  id: DEMO_PROVIDER_ID,
  protocol: 'demo',
  name: DEMO_NAME,
  baseUrl: '',
  models: [{ id: DEMO_MODEL_ID, name: 'Scripted demo', contextWindowTokens: DEMO_WINDOW_TOKENS }],
  scope: 'builtin',
  key: { source: 'none_needed' },
  endpointTrusted: true,
};

/** Thinking that the settings turn off stays off. */
function withEffort(config: ProviderConfig, effort: ResolveOptions['effort']): ProviderConfig {
  const reasoning = config.generation?.reasoning;
  if (effort === undefined || reasoning === false || config.generation === undefined) return config;
  const { budget_tokens: _replaced, ...others } = reasoning ?? {};
  return { ...config, generation: { ...config.generation, reasoning: { ...others, effort } } };
}

function getGroup(view: ProviderView, providerId: ProviderId): ProviderGroup {
  const group = view.groups.find((candidate) => candidate.id === providerId);
  if (group !== undefined) return group;
  throw new EngineError('model_unknown', 'This provider is no longer configured. Choose another model.', { data: { providerId } });
}

function untrusted(group: ProviderGroup): EngineError {
  const { origin } = new URL(group.baseUrl);
  return new EngineError(
    'endpoint_untrusted',
    `This folder's settings send your prompts and the key ${keyVariable(group)} to ${origin}. Allow this address first, or pass --trust-endpoint ${origin}.`,
    { data: { providerId: group.id, origin, envKey: keyVariable(group) } },
  );
}

function hasModelUrl(current: Readonly<Record<string, unknown>>): boolean {
  const model = current['model'];
  return typeof model === 'object' && model !== null && 'baseUrl' in model;
}
