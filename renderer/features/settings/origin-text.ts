import type { SettingValue, SettingsView, ValueOrigin } from '../../../preload/contract/index.ts';
import { shortPath } from './provider-format.ts';
import { t } from './text.ts';

/** The source of a value, as text. Pure. */

/** "~/.qwen/settings.json, line 3", "OPENAI_MODEL of the environment". */
export function originText(origin: ValueOrigin, homePath: string | undefined): string {
  const { source, path, line, variable } = origin;
  if (source === 'default') return t('settings.origin.default');
  if (source === 'gantry') return t('settings.origin.gantry');
  if (variable !== undefined && path === undefined) return t('settings.origin.environment', { variable });
  const place =
    path === undefined
      ? t(`settings.files.scopes.${source === 'environment' || source === 'dotenv' ? 'user' : source}`)
      : shortPath(path, homePath);
  if (variable !== undefined) return t('settings.origin.dotenv', { variable, path: place });
  return line === undefined ? place : t('settings.origin.atLine', { path: place, line });
}

/** One sentence about a value: its source, and sources that it overrides. */
export function originSentence({ origin, shadowed, adds }: SettingValue, homePath: string | undefined): string {
  const others = shadowed.map((other) => originText(other, homePath)).join('; ');
  const from = originText(origin, homePath);
  if (others === '') return from;
  return adds === true ? t('settings.origin.together', { from, others }) : t('settings.origin.hides', { from, others });
}

export function valueOf(settings: SettingsView | undefined, key: string): SettingValue | undefined {
  return settings?.values.find((value) => value.key === key);
}

/** A value in the user's own file that has no effect, although a choice made here would change it. */
export function isOverruled({ origin, shadowed, adds }: SettingValue): boolean {
  return adds !== true && origin.source !== 'user' && shadowed.some(({ source }) => source === 'user');
}
