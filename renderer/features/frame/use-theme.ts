import { useEffect } from 'react';
import { useSettings } from '../../stores/index.ts';

/** Where the first script of the page looks, so that the next start has the right colours from its first paint. */
const KEY = 'gantry.theme';

/** Applies the theme of the settings: an attribute where one is chosen, none where the system decides. */
export function useTheme(): void {
  const theme = useSettings()?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Without storage the next start begins in the system's colours.
    }
  }, [theme]);
}
