import { type RefObject, useRef, useState } from 'react';
import { defined, ProviderDraft, type ProviderId, type ProviderPreset, type ProviderSummary } from '../../../../preload/contract/index.ts';
import { errorText, useActions, useActiveProjectId, useClient } from '../../../stores/index.ts';
import { type DraftForm, draftOf, formOf, isSameForm } from '../provider-format.ts';
import { type SettingsError, settingsError } from '../settings-error.ts';
import { t } from '../text.ts';
import { takeKey } from './ApiKeyField.tsx';
import type { KeyStore } from './use-key-store.ts';

export interface ProviderFormOptions {
  /** The provider that is being edited; absent for a new one. */
  readonly provider?: ProviderSummary;
  /** The template of a new provider. */
  readonly preset?: ProviderPreset;
  readonly keyStore: KeyStore;
  /** The new id of a new or changed provider: the id follows the address and the key variable. */
  readonly onSaved: (id: ProviderId) => void;
  /** Tests this saved provider. Outlives the form, which is replaced when the id changes. */
  readonly onTest: (id: ProviderId) => void;
}

export type Busy = 'save' | 'key' | 'other';

export interface ProviderForm {
  readonly form: DraftForm;
  readonly change: (part: Partial<DraftForm>) => void;
  readonly revert: () => void;
  readonly dirty: boolean;
  /** By field name; shown after the first attempt to save. */
  readonly faults: Faults;
  readonly keyRef: RefObject<HTMLInputElement | null>;
  readonly keyTyped: boolean;
  readonly setKeyTyped: (typed: boolean) => void;
  readonly busy: Busy | undefined;
  readonly error: SettingsError | undefined;
  readonly done: string | undefined;
  readonly save: () => void;
  readonly saveAndTest: () => void;
  readonly saveKey: () => void;
  readonly removeKey: () => void;
  readonly remove: () => void;
  readonly trust: () => void;
}

/** Edits one provider: the typed values, and the requests that save them. */
export function useProviderForm({ provider, preset, keyStore, onSaved, onTest }: ProviderFormOptions): ProviderForm {
  const client = useClient();
  const { refreshSettings } = useActions();
  const projectId = useActiveProjectId();
  const start = formOf(provider ?? preset);
  const [edited, setEdited] = useState<DraftForm>();
  const [faults, setFaults] = useState<Faults>({});
  const [keyTyped, setKeyTyped] = useState(false);
  const [busy, setBusy] = useState<Busy>();
  const [error, setError] = useState<SettingsError>();
  const [done, setDone] = useState<string>();
  /** A new provider that was saved although its key was not: the next attempt replaces it. */
  const savedId = useRef<ProviderId>(undefined);
  const keyRef = useRef<HTMLInputElement>(null);

  const form = edited ?? start;
  const dirty = provider === undefined || !isSameForm(form, start);

  /** Runs one operation at a time and shows its error. */
  const run = async (kind: Busy, work: () => Promise<string | undefined>) => {
    setBusy(kind);
    setError(undefined);
    setDone(undefined);
    try {
      setDone(await work());
    } catch (reason) {
      setError(settingsError(reason));
    } finally {
      setBusy(undefined);
    }
  };

  /** A key without storage is not sent: it stays in the field until the question below it is answered. */
  const requirePlaceForKey = () => {
    if (keyTyped && keyStore.state !== undefined && keyStore.target === undefined) throw new Error(t('settings.keyStore.noPlace'));
  };

  const sendKey = async (id: ProviderId): Promise<boolean> => {
    if (!keyTyped) return false;
    requirePlaceForKey();
    const key = takeKey(keyRef.current);
    setKeyTyped(false);
    if (key === '') return false;
    try {
      await client.request('provider.setKey', { providerId: id, key, store: keyStore.target ?? 'keyring' });
    } catch (reason) {
      keyStore.probeAgain();
      throw new Error(`${errorText(reason)} ${t('settings.key.again')}`, { cause: reason });
    }
    return true;
  };

  const store = async (): Promise<ProviderId> => {
    if (provider !== undefined && !dirty) return provider.id;
    const replaces = provider?.id ?? savedId.current;
    const { providerId } = await client.request('provider.save', { draft: draftOf(form), ...defined({ replaces }) });
    savedId.current = providerId;
    return providerId;
  };

  /**
   * Saves the typed values, including the key. `undefined`: a value is invalid, and is now marked. A test needs only an
   * address: it lists the models to choose from.
   */
  const storeAll = async (needs: 'model' | 'address'): Promise<ProviderId | undefined> => {
    const found = faultsOf(form, needs);
    setFaults(found);
    if (dirty && Object.keys(found).length > 0) return undefined;
    requirePlaceForKey();
    const id = await store();
    try {
      await sendKey(id);
    } finally {
      await refreshSettings(); // the provider is saved even if its key was refused
    }
    setEdited(undefined);
    onSaved(id);
    return id;
  };

  const onProvider = (kind: Busy, work: (id: ProviderId) => Promise<string | undefined>) => () => {
    if (provider !== undefined) void run(kind, () => work(provider.id));
  };

  return {
    form,
    change: (part) => {
      setEdited({ ...form, ...part });
      setFaults((held) => Object.fromEntries(Object.entries(held).filter(([field]) => !(field in part))));
    },
    revert: () => {
      setEdited(undefined);
      setFaults({});
      setError(undefined);
    },
    dirty,
    faults,
    keyRef,
    keyTyped,
    setKeyTyped,
    busy,
    error,
    done,
    save: () => void run('save', async () => void (await storeAll('model'))),
    saveAndTest: () =>
      void run('save', async () => {
        const id = await storeAll('address');
        if (id !== undefined) onTest(id);
        return undefined;
      }),
    saveKey: onProvider('key', async (id) => {
      const sent = await sendKey(id);
      await refreshSettings();
      return sent ? t('settings.key.saved') : undefined;
    }),
    removeKey: onProvider('key', async (id) => {
      await client.request('provider.deleteKey', { providerId: id });
      await refreshSettings();
      return t('settings.key.removed');
    }),
    remove: onProvider('other', async (id) => {
      await client.request('provider.delete', { providerId: id });
      await refreshSettings();
      return undefined;
    }),
    trust: onProvider('other', async (id) => {
      if (projectId === undefined) return undefined;
      await client.request('provider.trustEndpoint', { providerId: id, projectId });
      await refreshSettings();
      return undefined;
    }),
  };
}

type Faults = Partial<Record<keyof DraftForm, string>>;

/** The errors of the contract's schema, by field. */
function faultsOf(form: DraftForm, needs: 'model' | 'address'): Faults {
  const faults: Faults = {};
  if (needs === 'model' && form.models.length === 0) faults.models = t('settings.provider.noModels');
  const parsed = ProviderDraft.safeParse(draftOf(form));
  if (parsed.success) return faults;
  for (const { path } of parsed.error.issues) {
    if (path[0] === 'name') faults.name = t('settings.faults.name');
    if (path[0] === 'baseUrl') faults.baseUrl = t('settings.faults.baseUrl');
    if (path[0] === 'envKey') faults.envKey = t('settings.faults.envKey');
    if (path[0] === 'models') faults.models = t('settings.faults.models');
  }
  return faults;
}
