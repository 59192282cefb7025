import { type RefObject, useRef, useState } from 'react';
import {
  defined,
  type ListedModel,
  type ConnectionTest,
  type ModelSummary,
  ProviderDraft,
  type ProviderId,
} from '../../../../preload/contract/index.ts';
import { errorText, useActions, useClient, useProviders, useSettings } from '../../../stores/index.ts';
import { takeKey } from '../models/ApiKeyField.tsx';
import type { KeyStore } from '../models/use-key-store.ts';
import { type SettingsError, settingsError } from '../settings-error.ts';
import { t } from '../text.ts';
import { type ConnectChoice, type ConnectForm, findExisting, toDraft, withModel } from './connect-draft.ts';

/** A provider whose connection was tested, and which is saved. */
export interface Connected {
  readonly id: ProviderId;
  /** The address that was tested, as it was typed. */
  readonly url: string;
  readonly test: ConnectionTest;
}

export interface Connect {
  readonly keyRef: RefObject<HTMLInputElement | null>;
  readonly keyTyped: boolean;
  readonly setKeyTyped: (typed: boolean) => void;
  readonly busy: boolean;
  readonly faults: { readonly url?: string; readonly name?: string };
  readonly error: SettingsError | undefined;
  readonly connected: Connected | undefined;
  readonly listed: readonly ListedModel[];
  readonly chosen: readonly ModelSummary[];
  /** The id of the default model, if it is one of this provider. */
  readonly defaultId: string | undefined;
  /** Saves the address and the key and tests them; the first model of a new provider becomes the default. */
  readonly connect: () => void;
  readonly choose: (id: string, isChosen: boolean) => void;
  readonly change: (id: string, part: Pick<ModelSummary, 'contextWindowTokens' | 'takesImages'>) => void;
  readonly makeDefault: (id: string) => void;
}

export function useConnect(choice: ConnectChoice, form: ConnectForm, keyStore: KeyStore): Connect {
  const client = useClient();
  const { providers } = useProviders();
  const settings = useSettings();
  const { refreshSettings, setDefaultModel } = useActions();
  const keyRef = useRef<HTMLInputElement>(null);
  const [keyTyped, setKeyTyped] = useState(false);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Connect['faults']>({});
  const [error, setError] = useState<SettingsError>();
  const [lastTest, setLastTest] = useState<Connected>();
  const connected = lastTest?.url === form.url ? lastTest : undefined;
  const [chosen, setChosen] = useState<readonly ModelSummary[]>([]);
  /** The same, for two changes before the next render. */
  const latest = useRef(chosen);
  /** Saved by an attempt that did not connect: the next one replaces it. */
  const savedId = useRef<ProviderId>(undefined);
  /** One save at a time, in the order of the clicks. */
  const lastSave = useRef<Promise<unknown>>(Promise.resolve());

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (reason) {
      setError(settingsError(reason));
    } finally {
      setBusy(false);
    }
  };

  const hasSavedKey = (id: ProviderId | undefined) => {
    const source = providers.find((one) => one.id === id)?.key.source;
    return source !== undefined && source !== 'missing' && source !== 'none_needed';
  };

  const show = (models: readonly ModelSummary[]) => {
    latest.current = models;
    setChosen(models);
  };

  const save = async (models: readonly ModelSummary[]): Promise<ProviderId> => {
    const draft = toDraft(choice, form, keyTyped || hasSavedKey(savedId.current), models);
    const { providerId } = await client.request('provider.save', { draft, ...defined({ replaces: savedId.current }) });
    savedId.current = providerId;
    return providerId;
  };

  const sendKey = async (providerId: ProviderId) => {
    if (!keyTyped) return;
    const key = takeKey(keyRef.current);
    setKeyTyped(false);
    try {
      await client.request('provider.setKey', { providerId, key, store: keyStore.target ?? 'keyring' });
    } catch (reason) {
      keyStore.probeAgain();
      throw new Error(`${errorText(reason)} ${t('settings.key.again')}`, { cause: reason });
    }
  };

  const connect = async () => {
    const draft = toDraft(choice, form, keyTyped, []);
    const found = faultsOf(draft);
    setFaults(found);
    setLastTest(undefined);
    if (Object.keys(found).length > 0) return;
    if (keyTyped && keyStore.state !== undefined && keyStore.target === undefined) throw new Error(t('settings.keyStore.noPlace'));
    const existing = findExisting(providers, draft);
    savedId.current ??= existing?.id;
    const before = existing?.models ?? latest.current;
    const id = await save(before);
    try {
      await sendKey(id);
    } finally {
      await refreshSettings();
    }
    const { test } = await client.request('provider.test', { providerId: id });
    setLastTest({ id, test, url: form.url });
    show(before);
    const { testedModel } = test;
    if (test.outcome !== 'works' || testedModel === undefined) return;
    const models = withModel(before, test.listedModels ?? [], testedModel, true);
    show(models);
    await keep(models, before.length === 0 ? testedModel : undefined);
  };

  /** Saves the models; the default is the given one, or the first if the default was cleared. */
  const keep = async (models: readonly ModelSummary[], defaultId?: string) => {
    const id = await save(models);
    await refreshSettings();
    const isLost = settings?.defaultModel?.providerId === id && !models.some((model) => model.id === settings.defaultModel?.modelId);
    const wanted = defaultId ?? (isLost || settings?.defaultModel === undefined ? models[0]?.id : undefined);
    if (wanted !== undefined) await setDefaultModel({ providerId: id, modelId: wanted });
  };

  const listed = connected?.test.listedModels ?? [];

  const inOrder = (work: () => Promise<void>) => {
    lastSave.current = lastSave.current.then(() => run(work));
  };

  const update = (models: readonly ModelSummary[], defaultId?: string) => {
    show(models);
    inOrder(() => keep(models, defaultId));
  };

  return {
    keyRef,
    keyTyped,
    setKeyTyped,
    busy,
    faults,
    error,
    connected,
    listed,
    chosen,
    defaultId: settings?.defaultModel?.providerId === connected?.id ? settings?.defaultModel?.modelId : undefined,
    connect: () => inOrder(connect),
    choose: (id, isChosen) => update(withModel(latest.current, listed, id, isChosen)),
    change: (id, part) => update(latest.current.map((model) => (model.id === id ? { ...model, ...part } : model))),
    makeDefault: (id) => update(withModel(latest.current, listed, id, true), id),
  };
}

function faultsOf(draft: ProviderDraft): Connect['faults'] {
  const parsed = ProviderDraft.safeParse(draft);
  if (parsed.success) return {};
  const fields = parsed.error.issues.map(({ path }) => path[0]);
  if (fields.includes('baseUrl')) return { url: t('settings.faults.baseUrl') };
  return fields.includes('name') ? { name: t('settings.faults.name') } : {};
}
