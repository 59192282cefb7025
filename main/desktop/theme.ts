import { type BrowserWindow, nativeTheme, type TitleBarOverlay } from 'electron';
import type { Theme } from '../../preload/contract/index.ts';
import type { DesktopStore } from './state-store.ts';

/** The page's own `--canvas` and `--text-2` (renderer/styles/tokens.css), needed before the page can paint. */
const COLOURS = {
  dark: { background: '#141416', symbols: '#a8a8b3' },
  light: { background: '#fbfbfb', symbols: '#55555e' },
} as const;

/** The page's own title bar, whose last pixel is its border. Unit: CSS pixels, so it grows with the zoom. */
const TITLE_BAR_HEIGHT = 40;

export function currentColours(): { readonly background: string; readonly symbols: string } {
  return nativeTheme.shouldUseDarkColors ? COLOURS.dark : COLOURS.light;
}

/**
 * The window's buttons as the system draws them over the page's title bar. Their background is transparent, so that they always
 * have the page's colour, its border below them, and its dimming behind a dialog.
 */
export function titleBarOverlay(zoomFactor: number): TitleBarOverlay {
  return { color: '#00000000', symbolColor: currentColours().symbols, height: Math.round(TITLE_BAR_HEIGHT * zoomFactor) - 1 };
}

/** Call it when the theme or the zoom has changed. */
export function updateTitleBar(window: BrowserWindow): void {
  if (process.platform !== 'darwin') window.setTitleBarOverlay(titleBarOverlay(window.webContents.getZoomFactor()));
}

/** The setting takes precedence over the system; the remembered value is for the next start, before the settings are read. */
export function applyTheme(theme: Theme, store: DesktopStore): void {
  if (store.get('theme') !== theme) store.set('theme', theme);
  nativeTheme.themeSource = theme;
}

/** Updates the window's own colours with the theme. */
export function followTheme(window: BrowserWindow): void {
  const follow = () => {
    window.setBackgroundColor(currentColours().background);
    updateTitleBar(window);
  };
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}
