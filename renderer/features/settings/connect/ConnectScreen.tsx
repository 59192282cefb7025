import { Check, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useActions, useProviders, useSettings } from '../../../stores/index.ts';
import { Button, Field, Spinner } from '../../../ui/index.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { ApiKeyField } from '../models/ApiKeyField.tsx';
import { FormRow } from '../models/FormRow.tsx';
import { KeyStoreNote } from '../models/KeyStoreNote.tsx';
import { TestResult } from '../models/TestResult.tsx';
import { useFoundServers } from '../models/use-found-servers.ts';
import { type KeyStore, useKeyStore } from '../models/use-key-store.ts';
import { newlyFound } from '../provider-format.ts';
import { t } from '../text.ts';
import { useEscape } from '../use-escape.ts';
import { type ConnectChoice, isSameChoice, nameFromUrl, presetOf, toUrl } from './connect-draft.ts';
import { ModelTable } from './ModelTable.tsx';
import { ProviderList } from './ProviderList.tsx';
import { useConnect } from './use-connect.ts';

export interface ConnectScreenProps {
  /** Absent in the first run, which has nothing to go back to. */
  readonly onClose?: (() => void) | undefined;
  /** Uses the offline demo instead; absent if there is none. */
  readonly onDemo?: (() => void) | undefined;
}

/** Connects a model: choose a provider, enter its address and key, test them, choose its models. */
export function ConnectScreen({ onClose, onDemo }: ConnectScreenProps) {
  const { presets, providers } = useProviders();
  const { pickFolder } = useActions();
  const found = newlyFound(useFoundServers(), providers);
  const keyStore = useKeyStore();
  const [picked, setPicked] = useState<ConnectChoice>();
  const [pastedUrl, setPastedUrl] = useState('');
  useEscape(onClose);
  const hasModel = useSettings()?.defaultModel !== undefined;
  const [first] = found;
  const choice: ConnectChoice = picked ?? (first === undefined ? { kind: 'custom' } : { kind: 'found', preset: first });
  const preset = presetOf(choice);
  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex h-full min-h-[480px] max-w-[1048px] flex-col px-6 py-8 @max-[700px]:h-auto @max-[700px]:py-5">
        <h2 className="text-title font-semibold">{t('connect.title')}</h2>
        <p className="mt-1 text-text-2">{t('connect.intro')}</p>
        <div className="mt-5 grid min-h-0 flex-1 grid-cols-[minmax(0,38fr)_minmax(0,62fr)] grid-rows-[minmax(0,1fr)] overflow-hidden rounded-lg border border-border bg-panel @max-[700px]:grid-cols-1 @max-[700px]:grid-rows-none @min-[700px]:max-h-[620px]">
          <ProviderList
            found={found}
            presets={presets}
            choice={choice}
            onChoose={(chosen) => {
              setPicked(chosen);
              setPastedUrl('');
            }}
            onUrl={(url) => {
              setPicked({ kind: 'custom' });
              setPastedUrl(url);
            }}
          />
          <ConnectForm
            key={`${choice.kind} ${preset?.name ?? ''} ${preset?.baseUrl ?? pastedUrl}`}
            choice={choice}
            startUrl={preset?.baseUrl ?? pastedUrl}
            keyStore={keyStore}
            isPicked={picked !== undefined && isSameChoice(picked, choice)}
            onDone={onClose ?? (() => void pickFolder())}
            doneLabel={onClose === undefined ? 'folder' : 'done'}
          />
        </div>
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {onClose !== undefined && (
            <Button look="quiet" onClick={onClose}>
              {t('connect.back')}
            </Button>
          )}
          {onDemo !== undefined && !hasModel && (
            <Button look="quiet" onClick={onDemo}>
              {t('onboarding.welcome.demo')}
            </Button>
          )}
          {onClose === undefined && !hasModel && (
            <Button look="quiet" onClick={() => void pickFolder()}>
              {t('connect.skip')}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

interface ConnectFormProps {
  readonly choice: ConnectChoice;
  readonly startUrl: string;
  readonly keyStore: KeyStore;
  /** The user has chosen this provider: the first empty field gets the focus. */
  readonly isPicked: boolean;
  readonly onDone: () => void;
  readonly doneLabel: 'folder' | 'done';
}

function ConnectForm({ choice, startUrl, keyStore, isPicked, onDone, doneLabel }: ConnectFormProps) {
  const { openExternal } = useActions();
  const { providers } = useProviders();
  const [url, setUrl] = useState(startUrl);
  const [name, setName] = useState<string>();
  const state = useConnect(choice, { url, name }, keyStore);
  const preset = presetOf(choice);
  const { connected, busy, faults } = state;
  const provider = providers.find((one) => one.id === connected?.id);
  const isReady = connected !== undefined && state.chosen.length > 0;
  return (
    <section
      aria-label={preset?.name ?? t('connect.custom')}
      // The host may ask the user to unlock the keyring, so it is not asked before a field is used.
      onFocus={keyStore.probe}
      className="flex min-h-0 min-w-0 flex-col"
    >
      <div className="flex min-h-0 flex-1 flex-col gap-2.5 overflow-y-auto px-6 py-5">
        <h3 className="font-semibold">{preset?.name ?? t('connect.custom')}</h3>
        {choice.kind === 'found' && <p className="text-row text-text-2">{t('connect.foundAt', { url: choice.preset.baseUrl })}</p>}
        <FormRow label={t('connect.url')}>
          <Field
            label={t('connect.url')}
            hideLabel
            mono
            maxLength={2000}
            placeholder="https://llm.example.com/v1"
            autoFocus={isPicked && startUrl === ''}
            value={url}
            error={faults.url}
            onChange={(event) => setUrl(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') state.connect();
            }}
          />
        </FormRow>
        {choice.kind !== 'found' && (
          <FormRow label={t('settings.provider.apiKey')}>
            <div className="flex gap-2">
              <div className="min-w-0 flex-1">
                <ApiKeyField
                  inputRef={state.keyRef}
                  keyState={provider?.key}
                  autoFocus={isPicked && startUrl !== ''}
                  onTyped={state.setKeyTyped}
                  onSubmit={state.connect}
                />
              </div>
              {preset?.keyUrl !== undefined && (
                <Button look="quiet" onClick={() => void openExternal(preset.keyUrl ?? '')}>
                  {t('settings.key.getOne')}
                </Button>
              )}
            </div>
            {(connected === undefined || state.keyTyped) && <KeyStoreNote store={keyStore} />}
            {keyStore.error !== undefined && <ErrorNote error={keyStore.error} />}
          </FormRow>
        )}
        {choice.kind === 'custom' && (
          <FormRow label={t('settings.provider.name')}>
            <Field
              label={t('settings.provider.name')}
              hideLabel
              maxLength={100}
              value={name ?? nameFromUrl(toUrl(url))}
              note={name === undefined && url.trim() !== '' ? t('connect.fromUrl') : ''}
              error={faults.name}
              onChange={(event) => setName(event.target.value)}
            />
          </FormRow>
        )}
        {busy && connected === undefined && <Spinner label={t('settings.provider.testing')} />}
        {connected !== undefined && (
          <div className="flex">
            <TestResult test={connected.test} />
          </div>
        )}
        {state.error !== undefined && <ErrorNote error={state.error} />}
        {connected !== undefined && <ModelTable state={state} saved={provider?.models ?? []} />}
      </div>
      <footer className="flex min-h-12 flex-wrap items-center gap-2 border-t border-border px-6 py-2">
        <p role="status" className="min-w-0 flex-1 text-meta text-text-2">
          {isReady && (
            <span className="flex items-center gap-1.5">
              <Check size={13} aria-hidden className="shrink-0 text-ok" />
              {state.defaultId === undefined ? t('connect.savedOnly') : t('connect.saved', { model: state.defaultId })}
            </span>
          )}
        </p>
        <Button look={isReady ? 'outline' : 'primary'} disabled={busy || url.trim() === ''} onClick={state.connect}>
          {connected === undefined ? t('connect.connect') : t('connect.testAgain')}
        </Button>
        {isReady && (
          <Button
            look="primary"
            icon={doneLabel === 'folder' ? <FolderOpen size={15} aria-hidden /> : undefined}
            disabled={busy}
            onClick={onDone}
          >
            {doneLabel === 'folder' ? t('onboarding.welcome.folder') : t('connect.done')}
          </Button>
        )}
      </footer>
    </section>
  );
}
