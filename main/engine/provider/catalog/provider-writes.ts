/** Saves and removes providers: in the user's settings.json as far as its format allows, the rest in Gantry's own state. */
import { defined, type ProviderDraft, type ProviderId } from '../../../../preload/contract/index.ts';
import { EngineError } from '../../errors.ts';
import type { SecretStore } from '../../ports.ts';
import { type GantryState, type JsonStore, type LayeredSettings, resolveVariables } from '../../settings/index.ts';
import { type Identify, planFirstChoice, planLocalKey, planRemoval, planSave, withLocalKey } from './provider-edits.ts';
import { toKeyAccount, entryProtocol, protocolBaseUrl, type ProviderGroup, toProviderId, shownUrl, usableUrl } from './provider-groups.ts';

export interface ProviderWritesDeps {
  readonly settings: LayeredSettings;
  readonly state: JsonStore<GantryState>;
  readonly secrets: SecretStore;
  /** Errors: `bad_params` for a provider that does not exist. */
  readonly find: (providerId: ProviderId) => Promise<ProviderGroup>;
  readonly getView: () => Promise<{ readonly groups: readonly ProviderGroup[] }>;
  readonly forget: (providerId: ProviderId) => void;
}

export interface ProviderWrites {
  save(wanted: ProviderDraft, replaces?: ProviderId): Promise<ProviderId>;
  /** Errors: `not_supported` for one that is not in the user's own settings. The key is deleted if nothing else uses it. */
  delete(providerId: ProviderId): Promise<void>;
}

export function createProviderWrites({ settings, state, secrets, find, getView, forget }: ProviderWritesDeps): ProviderWrites {
  /** The provider that an entry of the user's file belongs to, read as a request would read it. */
  const identifier = async (): Promise<Identify> => {
    const { values, environment } = await settings.read();
    const source = { values, environment: environment.all };
    return (listKey, entry) => {
      if (typeof entry !== 'object' || entry === null) return undefined;
      const protocol = entryProtocol(listKey, 'wireApi' in entry && typeof entry.wireApi === 'string' ? entry.wireApi : undefined, source);
      if (protocol === undefined) return undefined;
      const baseUrl = 'baseUrl' in entry ? resolveVariables(entry.baseUrl, environment.all) : protocolBaseUrl(protocol, source);
      const usable = typeof baseUrl === 'string' ? usableUrl(baseUrl) : undefined;
      const envKey = 'envKey' in entry && typeof entry.envKey === 'string' ? entry.envKey : undefined;
      return usable === undefined ? undefined : toProviderId({ protocol, baseUrl: usable, envKey });
    };
  };

  return {
    async save(wanted, replaces) {
      const local = withLocalKey(wanted);
      const draft = { ...local, baseUrl: usableUrl(local.baseUrl) ?? local.baseUrl };
      const { protocol, baseUrl, envKey } = draft;
      const providerId = toId(draft);
      const identify = await identifier();
      const old = replaces === undefined ? undefined : (await getView()).groups.find((group) => group.id === replaces);
      // Another protocol has another list, so the entries must move.
      if (old !== undefined && old.protocol !== protocol) await settings.editUser((current) => planRemoval(current, old.id, identify));
      const isFirst = (await settings.read()).values.model?.name === undefined;
      await settings.editUser((current) => [
        ...planSave(current, draft, replaces ?? providerId, identify),
        ...planLocalKey(current, draft),
        ...(isFirst ? planFirstChoice(draft) : []),
      ]);
      await state.update((value) => {
        const others = value.emptyProviders.filter((empty) => ![providerId, replaces].includes(toId(empty)));
        const { [replaces ?? '']: _replaced, ...names } = value.providerNames;
        const empty = { protocol, baseUrl, ...defined({ envKey }) };
        return {
          ...value,
          providerNames: { ...names, [providerId]: draft.name },
          emptyProviders: draft.models.length > 0 ? others : [...others, empty],
        };
      });
      return providerId;
    },

    async delete(providerId) {
      const group = await find(providerId);
      if (group.scope !== 'user') {
        throw new EngineError(
          'not_supported',
          `${shownUrl(group.baseUrl)} is not configured in your own settings, so it cannot be removed here.`,
        );
      }
      const identify = await identifier();
      await settings.editUser((current) => planRemoval(current, providerId, identify));
      await state.update((value) => {
        const { [providerId]: _name, ...providerNames } = value.providerNames;
        return { ...value, providerNames, emptyProviders: value.emptyProviders.filter((empty) => toId(empty) !== providerId) };
      });
      forget(providerId);
      const stillUsed = (await getView()).groups.some((other) => toKeyAccount(other) === toKeyAccount(group));
      if (!stillUsed) await secrets.delete(toKeyAccount(group));
    },
  };
}

function toId({ protocol, baseUrl, envKey }: Pick<ProviderDraft, 'protocol' | 'baseUrl' | 'envKey'>): ProviderId {
  return toProviderId({ protocol, baseUrl, envKey });
}
