import { useState } from 'react';
import type { ProviderId, ProviderPreset } from '../../../../preload/contract/index.ts';
import { useHost, useProviders, useSettings } from '../../../stores/index.ts';
import { Button, EmptyState, Spinner } from '../../../ui/index.ts';
import { newlyFound, shortPath } from '../provider-format.ts';
import { Section } from '../Section.tsx';
import { t } from '../text.ts';
import { WhereFrom } from '../WhereFrom.tsx';
import { AddProviderMenu } from './AddProviderMenu.tsx';
import { DefaultModel } from './DefaultModel.tsx';
import { ProviderEditor } from './ProviderEditor.tsx';
import { Mark, ProviderItem } from './ProviderItem.tsx';
import { useConnectionTests } from './use-connection-tests.ts';
import { useFoundServers } from './use-found-servers.ts';
import { useKeyStore } from './use-key-store.ts';

export function ModelsSection({ focusProviderId }: { readonly focusProviderId?: ProviderId }) {
  const { providers, presets, loaded } = useProviders();
  const settings = useSettings();
  const found = useFoundServers();
  const keyStore = useKeyStore();
  const [openId, setOpenId] = useState(focusProviderId);
  /** `preset` undefined: a custom provider. */
  const [adding, setAdding] = useState<{ readonly preset: ProviderPreset | undefined }>();
  const { tests, testing, run } = useConnectionTests();
  const userFile = settings?.files.find((file) => file.scope === 'user')?.path ?? '~/.qwen/settings.json';
  const homePath = useHost((host) => host.app?.homePath);

  const add = (preset: ProviderPreset | undefined) => {
    setOpenId(undefined);
    setAdding({ preset });
  };
  return (
    <Section
      title={t('settings.models.title')}
      intro={
        <>
          {t('settings.models.keptBefore')}
          <code className="font-mono text-code">{shortPath(userFile, homePath)}</code>
          {t('settings.models.keptAfter')}
        </>
      }
    >
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <AddProviderMenu presets={presets} onChoose={add} />
        {newlyFound(found, providers).map((preset) => (
          <Button key={preset.baseUrl} onClick={() => add(preset)}>
            {t('settings.models.found', { name: preset.name, count: preset.suggestedModels.length })}
          </Button>
        ))}
        <DefaultModel providers={providers} />
      </div>
      <ul aria-label={t('settings.models.title')} className="rounded-lg border border-border bg-panel">
        {adding !== undefined && (
          <li className="border-b border-border last:border-0">
            <div className="flex items-center gap-3 px-3.5 py-3">
              <Mark name={adding.preset?.name ?? ''} />
              {adding.preset?.name ?? t('settings.models.newProvider')}
            </div>
            <ProviderEditor
              key={adding.preset?.baseUrl ?? 'custom'}
              {...(adding.preset === undefined ? {} : { preset: adding.preset })}
              keyStore={keyStore}
              testing={false}
              focusKey={adding.preset?.envKey !== undefined}
              onSaved={(id) => {
                setAdding(undefined);
                setOpenId(id);
              }}
              onTest={run}
              onCancel={() => setAdding(undefined)}
            />
          </li>
        )}
        {providers.map((provider) => (
          <ProviderItem
            key={provider.id}
            provider={provider}
            test={tests[provider.id]}
            testing={provider.id === testing}
            keyStore={keyStore}
            open={provider.id === openId}
            focusKey={provider.id === focusProviderId}
            onToggle={() => setOpenId(provider.id === openId ? undefined : provider.id)}
            onSaved={setOpenId}
            onTest={run}
          />
        ))}
        {!loaded && (
          <li className="p-4">
            <Spinner label={t('settings.models.loading')} />
          </li>
        )}
        {loaded && providers.length === 0 && adding === undefined && (
          <li>
            <EmptyState title={t('settings.models.none')}>{t('settings.models.noneHint')}</EmptyState>
          </li>
        )}
      </ul>
      <WhereFrom settingKey="model.name" about={t('settings.models.defaultOrigin')} />
    </Section>
  );
}
