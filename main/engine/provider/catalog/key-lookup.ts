import { defined, type KeySource, type KeyState } from '../../../../preload/contract/index.ts';
import type { Environment, Logger, SecretStore } from '../../ports.ts';
import type { LookupEnvironment, SettingsValues } from '../../settings/index.ts';
import { isLoopback } from '../../http/loopback.ts';
import { protocolFacts } from '../protocol-facts.ts';
import type { WireProtocol } from '../provider.ts';
import { toKeyAccount, isSelected, keyVariable, LOCAL_KEY, type ProviderGroup } from './provider-groups.ts';

export interface FoundKey {
  readonly value: string;
  readonly source: KeySource;
}

export interface KeyLookup {
  readonly values: SettingsValues;
  readonly environment: LookupEnvironment;
  /**
   * The address that the protocol's own variable and `security.auth.apiKey` are meant for, as set by the user, not by a folder.
   */
  readonly meantBaseUrl: (protocol: WireProtocol) => string;
  readonly secrets: SecretStore;
  readonly logger: Logger;
}

/**
 * Finds the key for a provider: its variable in the process environment, `.env`, keyring or key file, `settings.env`; then the
 * protocol's own variable and `security.auth.apiKey`. The last two are not bound to an address, so they are sent only to the one
 * they are meant for (OPENAI_BASE_URL and the like, `security.auth.baseUrl`, else the protocol's maker), or to an entry that
 * names no variable. Source: docs/formats.md 1.3.
 */
export async function findKey(group: ProviderGroup, lookup: KeyLookup): Promise<FoundKey | undefined> {
  const { environment, values } = lookup;
  const name = keyVariable(group);
  const protocolKey = protocolFacts(group.protocol).keyVariable;
  const isMeant = new URL(group.baseUrl).origin === toOrigin(lookup.meantBaseUrl(group.protocol));
  // A local server that names no variable does not ask for a key, so it does not get the key of another service.
  const asks = group.envKey !== undefined || needsKey(group, environment.all) || isMeant;
  const early = asks ? fromEnvironment(name, environment) : undefined;
  if (early !== undefined) return early;
  const kept = await lookup.secrets.get(toKeyAccount(group));
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

/**
 * What the screen may show about a key. `cloud`: the environment that determines a sign-in to Google Cloud, without the values of
 * a folder.
 */
export async function describeKey(group: ProviderGroup, lookup: KeyLookup, cloud: Environment = lookup.environment.all): Promise<KeyState> {
  const found = await findKey(group, lookup);
  if (found === undefined) return { source: needsKey(group, cloud) ? 'missing' : 'none_needed' };
  const isAhead = found.source === 'environment' || found.source === 'dotenv';
  const kept = isAhead ? await lookup.secrets.get(toKeyAccount(group)) : undefined;
  const last4 = lastFour(found.value);
  return {
    source: found.source,
    ...defined({ last4 }),
    ...(kept === undefined ? {} : { shadowed: kept.where }),
  };
}

/** Local servers ask for no key, and for Vertex AI the sign-in to Google Cloud replaces it. */
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

function toOrigin(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Four characters would reveal too much of a short key. */
function lastFour(key: string): string | undefined {
  return key.length >= 12 ? key.slice(-4) : undefined;
}
