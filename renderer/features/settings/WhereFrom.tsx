import { useHost, useSettings } from '../../stores/index.ts';
import { isOverruled, originSentence, valueOf } from './origin-text.ts';
import { t } from './text.ts';

/** Below a setting: its file and line, and a warning if a choice made here has no effect. */
export function WhereFrom({ settingKey, about }: { readonly settingKey: string; readonly about?: string }) {
  const value = valueOf(useSettings(), settingKey);
  const homePath = useHost((host) => host.app?.homePath);
  if (value === undefined) return null;
  const overruled = isOverruled(value);
  return (
    <p className={`mt-2 text-meta break-words ${overruled ? 'text-warn' : 'text-text-3'}`} title={value.origin.path}>
      {about === undefined ? '' : `${about} `}
      {overruled
        ? t('settings.origin.overruled', { sentence: originSentence(value, homePath) })
        : t('settings.origin.from', { sentence: originSentence(value, homePath) })}
    </p>
  );
}
