import { useHost, useSettings } from '../../stores/index.ts';
import { originSentence } from './origin-text.ts';
import { t } from './text.ts';

/** Every setting that is set anywhere, with its file and line. */
export function ValuesList() {
  const values = useSettings()?.values ?? [];
  const homePath = useHost((host) => host.app?.homePath);
  if (values.length === 0) return null;
  return (
    <section aria-labelledby="setting-values" className="mt-6">
      <h2 id="setting-values" className="text-row font-[550]">
        {t('settings.origin.title')}
      </h2>
      <p className="mt-0.5 mb-2 text-row text-text-2">{t('settings.origin.intro')}</p>
      <dl className="divide-y divide-border rounded-lg border border-border bg-panel">
        {values.map((value) => (
          <div key={value.key} className="px-3.5 py-2">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <dt className="font-mono text-code">{value.key}</dt>
              <dd className="min-w-0 break-words text-text-1">{value.text}</dd>
            </div>
            <dd className={`text-meta break-words ${value.shadowed.length > 0 && value.adds !== true ? 'text-warn' : 'text-text-3'}`}>
              {originSentence(value, homePath)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
