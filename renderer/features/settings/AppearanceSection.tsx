import type { Theme } from '../../../preload/contract/index.ts';
import { useActions, useSettings } from '../../stores/index.ts';
import { setTerminalScreenReader, useTerminalScreenReader } from '../task/index.ts';
import { ChoiceList } from './ChoiceList.tsx';
import { Section } from './Section.tsx';
import { t } from './text.ts';

const THEMES: readonly Theme[] = ['system', 'dark', 'light'];

export function AppearanceSection() {
  const settings = useSettings();
  const { setTheme } = useActions();
  const screenReader = useTerminalScreenReader();
  return (
    <Section title={t('settings.appearance.title')} intro={t('settings.appearance.intro')}>
      <ChoiceList
        legend={t('settings.appearance.legend')}
        value={settings?.theme}
        choices={THEMES.map((value) => ({ value, name: t(`settings.appearance.themes.${value}`) }))}
        onChange={(theme) => void setTheme(theme)}
      />
      <h2 className="mt-6 mb-2 text-row font-[550]">{t('settings.appearance.terminals')}</h2>
      <label className="flex min-h-11 items-center gap-3 rounded-lg border border-border bg-panel px-3.5 py-2 hover:bg-wash">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={screenReader}
          onChange={(event) => setTerminalScreenReader(event.target.checked)}
          aria-describedby="terminal-screen-reader-hint"
        />
        <span>
          {t('settings.appearance.screenReader')}
          <span id="terminal-screen-reader-hint" className="block text-meta text-text-3">
            {t('settings.appearance.screenReaderHint')}
          </span>
        </span>
      </label>
    </Section>
  );
}
