import type { KeySource, KeyState } from '../../../../preload/contract/index.ts';
import type { Environment, Logger, SecretStore } from '../../ports.ts';
import type { LookupEnvironment, SettingsValues } from '../../settings/index.ts';
import { isLoopback } from '../../http/loopback.ts';
import { protocolFacts } from '../protocol-facts.ts';
import type { WireProtocol } from '../provider.ts';
import { accountOf, isSelected, keyVariable, LOCAL_KEY, type ProviderGroup } from './provider-groups.ts';

export interface FoundKey {
  readonly value: string;
  readonly source: KeySource;
}

export interface KeyLookup {
  readonly values: SettingsValues;
  readonly environment: LookupEnvironment;
  /** Where the protocol's own variable and `security.auth.apiKey` are meant to go, as the user and not a folder says. */
  readonly meantBaseUrl: (protocol: WireProtocol) => string;
  readonly secrets: SecretStore;
  readonly logger: Logger;
}

/**
 * The key for a provider: its variable in the process environment, `.env`, keyring or key file, `settings.env`; then the
 * protocol's own variable and `security.auth.apiKey`. The last two have no address of their own, so they go only to the
 * one they are meant for (OPENAI_BASE_URL and the like, `security.auth.baseUrl`, else the protocol's maker), or to an entry that names no variable.
 * Source: docs/formats.md 1.3.
 */
export async function findKey(group: ProviderGroup, lookup: KeyLookup): Promise<FoundKey | undefined> {
  const { environment, values } = lookup;
  const name = keyVariable(group);
  const protocolKey = protocolFacts(group.protocol).keyVariable;
  const isMeant = new URL(group.baseUrl).origin === originOf(lookup.meantBaseUrl(group.protocol));
  // A local server that names no variable asked for no key: it does not get the one of another service.
  const asks = group.envKey !== undefined || needsKey(group, environment.all) || isMeant;
  const early = asks ? fromEnvironment(name, environment) : undefined;
  if (early !== undefined) return early;
  const kept = await lookup.secrets.get(accountOf(group));
  if (kept !== undefined) return { value: kept.value.trim(), source: kept.where };
  const late = asks ? environment.settings[name] : undefined;
  if (late && !(name === LOCAL_KEY.variable && late === LOCAL_KEY.value)) return { value: late.trim(), source: 'settings_env' };
  if (name !== protocolKey && isMeant) {
    const own = fromEnvironment(protocolKey, environment) ?? settingsKey(environment.settings[protocolKey]);
    if (own !== undefined) return own;
  }
  const written = isSelected(group.protocol, values) ? values.security?.auth?.apiKey : undefined;
  if (written === undefined || !isMeant) return undefined;
  lookup.logger.warn(
    'the key in security.auth.apiKey is used; settings files are read by other programs, so keep it in the keyring instead',
  );
  return { value: written.trim(), source: 'auth_settings' };
}

/** What may be known of a key, for the screen. `cloud`: the environment that a sign-in to Google Cloud counts in; a folder has no say in it. */
export async function describeKey(group: ProviderGroup, lookup: KeyLookup, cloud: Environment = lookup.environment.all): Promise<KeyState> {
  const found = await findKey(group, lookup);
  if (found === undefined) return { source: needsKey(group, cloud) ? 'missing' : 'none_needed' };
  const isAhead = found.source === 'environment' || found.source === 'dotenv';
  const kept = isAhead ? await lookup.secrets.get(accountOf(group)) : undefined;
  const last4 = lastFour(found.value);
  return {
    source: found.source,
    ...(last4 === undefined ? {} : { last4 }),
    ...(kept === undefined ? {} : { shadowed: kept.where }),
  };
}

/** Local servers ask for none, and for Vertex AI the sign-in to Google Cloud can stand in for it. */
export function needsKey({ protocol, baseUrl }: Pick<ProviderGroup, 'protocol' | 'baseUrl'>, environment: Environment): boolean {
  const isSignedIn = protocol === 'vertex-ai' && Boolean(environment['GOOGLE_CLOUD_PROJECT']?.trim());
  return !isLoopback(baseUrl) && !isSignedIn;
}

function fromEnvironment(name: string, environment: LookupEnvironment): FoundKey | undefined {
  const exported = environment.process[name];
  if (exported) return { value: exported.trim(), source: 'environment' };
  const dotenv = environment.dotenv[name];
  return dotenv ? { value: dotenv.trim(), source: 'dotenv' } : undefined;
}

function settingsKey(value: string | undefined): FoundKey | undefined {
  return value ? { value: value.trim(), source: 'settings_env' } : undefined;
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Four characters of a short key would be too much of it. */
function lastFour(key: string): string | undefined {
  return key.length >= 12 ? key.slice(-4) : undefined;
}
