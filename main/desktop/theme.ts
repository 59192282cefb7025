import { type BrowserWindow, nativeTheme } from 'electron';
import type { Theme } from '../../preload/contract/index.ts';
import type { DesktopStore } from './state-store.ts';

/** The page's own `--canvas` and `--text-2` (renderer/styles/tokens.css), needed before the page can paint. */
const COLOURS = {
  dark: { background: '#141416', symbols: '#a8a8b3' },
  light: { background: '#fbfbfb', symbols: '#55555e' },
} as const;

export const TITLE_BAR_HEIGHT = 40;

export function currentColours(): { readonly background: string; readonly symbols: string } {
  return nativeTheme.shouldUseDarkColors ? COLOURS.dark : COLOURS.light;
}

/** The setting takes precedence over the system; the remembered value is for the next start, before the settings are read. */
export function applyTheme(theme: Theme, store: DesktopStore): void {
  if (store.get('theme') !== theme) store.set('theme', theme);
  nativeTheme.themeSource = theme;
}

/** Updates the window's own colours with the theme. */
export function followTheme(window: BrowserWindow): void {
  const follow = () => {
    const { background, symbols } = currentColours();
    window.setBackgroundColor(background);
    if (process.platform !== 'darwin') window.setTitleBarOverlay({ color: background, symbolColor: symbols, height: TITLE_BAR_HEIGHT });
  };
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}
