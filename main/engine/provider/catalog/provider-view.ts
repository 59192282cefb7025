/** What the settings and the records contain about the providers of one folder, at one moment. */
import { defined, type KeyState, type ProviderSummary } from '../../../../preload/contract/index.ts';
import type { Environment, Logger, SecretStore } from '../../ports.ts';
import type { GantryState, LayeredSettings, SettingsProject, SettingsReading, TrustRecord } from '../../settings/index.ts';
import { getModalities } from '../media.ts';
import { getContextWindow } from './context-windows.ts';
import { describeKey, type KeyLookup } from './key-lookup.ts';
import {
  toKeyAccount,
  groupName,
  type ProviderGroup,
  protocolBaseUrl,
  providerGroups,
  toProviderId,
  type ProviderSource,
  shownUrl,
} from './provider-groups.ts';

export interface ProviderView {
  readonly reading: SettingsReading;
  readonly groups: readonly ProviderGroup[];
  nameOf(group: ProviderGroup): string;
  /** False for an address that comes from the folder, until the user accepts it. */
  isTrusted(group: ProviderGroup): boolean;
  readonly lookup: KeyLookup;
  /** Without the folder's values, which must not choose whose cloud the user's sign-in is used in. */
  readonly cloudEnvironment: Environment;
}

export interface ViewDeps {
  readonly settings: LayeredSettings;
  readonly state: GantryState;
  readonly trust: TrustRecord;
  readonly trustedEndpoints: readonly string[];
  readonly secrets: SecretStore;
  readonly logger: Logger;
}

/**
 * Reads twice: with and without the folder's own settings and `.env`. A provider that exists only with them would send the user's
 * key where the folder wants it, so it needs consent first; also in a trusted folder.
 */
export async function readProviderView(deps: ViewDeps, project: SettingsProject | undefined): Promise<ProviderView> {
  const operator = await deps.settings.read(project === undefined ? undefined : { ...project, trusted: false });
  const reading = project?.trusted === true ? await deps.settings.read(project) : operator;
  const ownGroups = [...providerGroups(toSource(operator))];
  const ownIds = new Set(ownGroups.map((group) => group.id));
  const ownAccounts = new Set(ownGroups.map(toKeyAccount));
  const groups = providerGroups(toSource(reading)).map((group) => (ownIds.has(group.id) ? group : { ...group, scope: 'project' as const }));
  const agreed = new Set(project === undefined ? [] : deps.trust.endpoints[project.root]);
  const origins = new Set(deps.trustedEndpoints.flatMap((text) => (URL.canParse(text) ? [new URL(text).origin] : [])));
  return {
    reading,
    groups: withEmptyProviders(groups, deps.state),
    nameOf: (group) => groupName(group, deps.state.providerNames),
    isTrusted: (group) =>
      group.scope !== 'project' ||
      ownAccounts.has(toKeyAccount(group)) ||
      agreed.has(toKeyAccount(group)) ||
      origins.has(new URL(group.baseUrl).origin),
    lookup: {
      values: reading.values,
      environment: reading.environment,
      meantBaseUrl: (protocol) => protocolBaseUrl(protocol, toSource(operator)),
      secrets: deps.secrets,
      logger: deps.logger,
    },
    cloudEnvironment: operator.environment.all,
  };
}

export async function summarizeProvider(view: ProviderView, group: ProviderGroup): Promise<ProviderSummary> {
  const key: KeyState = await describeKey(group, view.lookup, view.cloudEnvironment);
  return {
    id: group.id,
    protocol: group.protocol,
    name: view.nameOf(group),
    baseUrl: shownUrl(group.baseUrl),
    ...defined({ envKey: group.envKey }),
    models: group.entries.map((entry) => {
      const takes = getModalities(entry.id, entry.generationConfig);
      return {
        id: entry.id,
        ...defined({ name: entry.name }),
        contextWindowTokens: entry.generationConfig?.contextWindowSize ?? getContextWindow(entry.id),
        takesImages: takes.image,
        takesPdf: takes.pdf,
      };
    }),
    scope: group.scope,
    key,
    endpointTrusted: view.isTrusted(group),
  };
}

function toSource(reading: SettingsReading): ProviderSource {
  return { values: reading.values, providerScopes: reading.providerScopes, environment: reading.environment.all };
}

/** A provider of the user without a model. */
export function groupWithoutModels({
  protocol,
  baseUrl,
  envKey,
}: Pick<ProviderGroup, 'protocol' | 'baseUrl'> & { readonly envKey?: string | undefined }): ProviderGroup {
  return { id: toProviderId({ protocol, baseUrl, envKey }), protocol, baseUrl, envKey, entries: [], scope: 'user' };
}

/** Added by the user, and still without a model. */
function withEmptyProviders(groups: readonly ProviderGroup[], state: GantryState): readonly ProviderGroup[] {
  const known = new Set(groups.map((group) => group.id));
  const empty = state.emptyProviders.map(groupWithoutModels);
  return [...groups, ...empty.filter((group) => !known.has(group.id))];
}
