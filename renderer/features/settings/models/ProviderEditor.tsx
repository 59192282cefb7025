import { type ReactNode, useEffect } from 'react';
import type { ConnectionTest, ProviderSummary } from '../../../../preload/contract/index.ts';
import { useActions } from '../../../stores/index.ts';
import { Button, Field, Spinner } from '../../../ui/index.ts';
import { RemoveButton } from '../RemoveButton.tsx';
import { ErrorNote } from '../ErrorNote.tsx';
import { shadowWarning } from '../provider-format.ts';
import { t } from '../text.ts';
import { ApiKeyField } from './ApiKeyField.tsx';
import { FormRow } from './FormRow.tsx';
import { KeyStoreNote } from './KeyStoreNote.tsx';
import { ModelChips } from './ModelChips.tsx';
import { ProtocolSelect } from './ProtocolSelect.tsx';
import { TestResult } from './TestResult.tsx';
import type { KeyStore } from './use-key-store.ts';
import { type ProviderForm, type ProviderFormOptions, useProviderForm } from './use-provider-form.ts';

export interface ProviderEditorProps extends ProviderFormOptions {
  readonly keyStore: KeyStore;
  readonly test?: ConnectionTest;
  readonly testing: boolean;
  readonly focusKey: boolean;
  /** Called when a new provider is discarded. */
  readonly onCancel?: () => void;
}

/** The expanded part of a provider: address, key, models, connection test. */
export function ProviderEditor({ test, testing, focusKey, onCancel, ...options }: ProviderEditorProps) {
  const { provider, preset, keyStore } = options;
  const state = useProviderForm(options);
  const { form, change, faults, busy, dirty, keyTyped } = state;
  const readOnly = provider !== undefined && provider.scope !== 'user';
  const isNew = provider === undefined;
  const { probe } = keyStore;
  useEffect(probe, [probe]);
  return (
    <div className="flex flex-col gap-2.5 pt-1 pr-3.5 pb-3.5 pl-[54px]">
      {readOnly && <p className="text-row text-text-2">{t('settings.provider.readOnly')}</p>}
      {provider !== undefined && !provider.endpointTrusted && (
        <div className="flex items-center gap-3 rounded-md border border-warn/40 bg-warn-tint px-2.5 py-2 text-row">
          <span className="flex-1">{t('settings.provider.untrusted')}</span>
          <Button onClick={state.trust}>{t('settings.provider.trust')}</Button>
        </div>
      )}
      <Line
        label={t('settings.provider.name')}
        value={form.name}
        error={faults.name}
        readOnly={readOnly}
        onChange={(name) => change({ name })}
      />
      <Line
        label={t('settings.provider.baseUrl')}
        mono
        value={form.baseUrl}
        error={faults.baseUrl}
        readOnly={readOnly}
        onChange={(baseUrl) => change({ baseUrl })}
      />
      <FormRow label={t('settings.provider.protocol')}>
        <ProtocolSelect value={form.protocol} readOnly={readOnly} onChange={(protocol) => change({ protocol })} />
      </FormRow>
      <FormRow label={t('settings.provider.apiKey')}>
        <KeyLine state={state} provider={provider} keyStore={keyStore} focusKey={focusKey} keyUrl={preset?.keyUrl} />
      </FormRow>
      <Line
        label={t('settings.provider.envKey')}
        mono
        value={form.envKey}
        error={faults.envKey}
        note={
          provider?.key.source === 'environment'
            ? t('settings.provider.fromEnvironment')
            : form.envKey === ''
              ? t('settings.provider.notSetHere')
              : ''
        }
        readOnly={readOnly}
        onChange={(envKey) => change({ envKey })}
      />
      <FormRow label={t('settings.provider.models')}>
        <ModelChips
          models={form.models}
          listed={(test?.listedModels ?? []).flatMap(({ id, chats }) => (chats ? [id] : []))}
          readOnly={readOnly}
          onChange={(models) => change({ models })}
        />
        {faults.models !== undefined && (
          <p role="alert" className="mt-1 text-meta text-err">
            {faults.models}
          </p>
        )}
      </FormRow>
      <FormRow>
        <div className="flex flex-wrap items-center gap-2">
          {dirty && !readOnly && (
            <Button look="primary" disabled={busy !== undefined} onClick={state.save}>
              {isNew ? t('settings.provider.addThis') : t('common.save')}
            </Button>
          )}
          <Button disabled={busy !== undefined || testing || provider?.endpointTrusted === false} onClick={state.saveAndTest}>
            {(dirty && !readOnly) || keyTyped ? t('settings.provider.saveAndTest') : t('settings.provider.test')}
          </Button>
          {isNew && (
            <Button look="quiet" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          {!isNew && dirty && !readOnly && (
            <Button look="quiet" onClick={state.revert}>
              {t('settings.provider.revert')}
            </Button>
          )}
          {testing && <Spinner label={t('settings.provider.testing')} />}
          {test !== undefined && !testing && !dirty && <TestResult test={test} />}
          {!isNew && !readOnly && (
            <RemoveButton
              label={t('common.delete')}
              title={t('settings.provider.removeTitle', { name: provider.name })}
              detail={t('settings.provider.removeDetail')}
              className="ml-auto"
              onRemove={state.remove}
            />
          )}
        </div>
        {state.error !== undefined && (
          <div className="mt-2">
            <ErrorNote error={state.error} />
          </div>
        )}
      </FormRow>
    </div>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly note?: string;
  readonly mono?: boolean;
  readonly readOnly: boolean;
  readonly onChange: (value: string) => void;
}

function Line({ label, onChange, note = '', mono = false, ...rest }: LineProps) {
  return (
    <FormRow label={label}>
      <Field label={label} hideLabel mono={mono} note={note} {...rest} onChange={(event) => onChange(event.target.value)} />
    </FormRow>
  );
}

interface KeyLineProps {
  readonly state: ProviderForm;
  readonly provider: ProviderSummary | undefined;
  readonly keyStore: KeyStore;
  readonly focusKey: boolean;
  readonly keyUrl: string | undefined;
}

/** The key field with its storage, what overrides it, and how to remove the key. */
function KeyLine({ state, provider, keyStore, focusKey, keyUrl }: KeyLineProps) {
  const { openExternal } = useActions();
  const saved = provider?.key.source === 'keyring' || provider?.key.source === 'file' || provider?.key.shadowed !== undefined;
  const shadow = provider === undefined ? undefined : shadowWarning(provider.key, provider.envKey);
  const sayWhere = state.keyTyped && keyStore.target !== undefined;
  return (
    <>
      <div className="flex gap-2">
        <div className="min-w-0 flex-1">
          <ApiKeyField
            inputRef={state.keyRef}
            keyState={provider?.key}
            autoFocus={focusKey}
            onTyped={state.setKeyTyped}
            onSubmit={provider === undefined ? state.save : state.saveKey}
          />
        </div>
        {provider !== undefined && state.keyTyped && (
          <Button disabled={state.busy !== undefined || keyStore.target === undefined} onClick={state.saveKey}>
            {t('settings.key.save')}
          </Button>
        )}
        {saved && !state.keyTyped && (
          <Button look="quiet" disabled={state.busy !== undefined} onClick={state.removeKey}>
            {t('settings.key.remove')}
          </Button>
        )}
        {keyUrl !== undefined && (
          <Button look="quiet" onClick={() => void openExternal(keyUrl)}>
            {t('settings.key.getOne')}
          </Button>
        )}
      </div>
      {sayWhere && <Hint>{t(`settings.key.willGoTo.${keyStore.target}`)}</Hint>}
      {state.done !== undefined && <Hint announced>{state.done}</Hint>}
      {shadow !== undefined && <p className="mt-1 text-meta text-warn">{shadow}</p>}
      <KeyStoreNote store={keyStore} />
      {keyStore.error !== undefined && <ErrorNote error={keyStore.error} />}
    </>
  );
}

function Hint({ announced = false, children }: { readonly announced?: boolean; readonly children: ReactNode }) {
  return (
    <p className="mt-1 text-meta text-text-3" {...(announced ? { role: 'status' } : {})}>
      {children}
    </p>
  );
}
