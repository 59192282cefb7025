import { useEffect } from 'react';
import { useSettings } from '../../stores/index.ts';

/** The first script of the page reads it, so that the next start has the right colours from the first paint. */
const KEY = 'gantry.theme';

/** Applies the theme of the settings: an attribute for a chosen theme, none for the system theme. */
export function useTheme(): void {
  const theme = useSettings()?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Without storage the next start begins with the system's colours.
    }
  }, [theme]);
}
