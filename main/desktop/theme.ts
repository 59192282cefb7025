import { type BrowserWindow, nativeTheme, type TitleBarOverlay } from 'electron';
import type { Theme } from '../../preload/contract/index.ts';
import type { DesktopStore } from './state-store.ts';

/**
 * The page's own `--canvas`, `--sidebar` (its title bar), `--text-2` and the opacity of `--scrim` (renderer/styles/tokens.css),
 * needed before the page can paint.
 */
const COLOURS = {
  dark: { background: '#141416', titleBar: '#101012', symbols: '#a8a8b3', scrim: 0.5 },
  light: { background: '#fbfbfb', titleBar: '#f4f4f5', symbols: '#55555e', scrim: 0.25 },
} as const;

/** The page's own title bar, whose last pixel is its border. Unit: CSS pixels, so it grows with the zoom. */
const TITLE_BAR_HEIGHT = 40;

function currentColours() {
  return nativeTheme.shouldUseDarkColors ? COLOURS.dark : COLOURS.light;
}

export function currentBackground(): string {
  return currentColours().background;
}

/** A `#rrggbb` colour behind a black veil of this opacity. Pure. */
export function dimmed(colour: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * (1 - opacity)));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The window's buttons as the system draws them over the page's title bar: in its colour, above its border, and as dark as the
 * page is behind a dialog. A transparent background would do the same, but Linux has none.
 */
export function titleBarOverlay({ zoomFactor, isDimmed }: { readonly zoomFactor: number; readonly isDimmed: boolean }): TitleBarOverlay {
  const { titleBar, symbols, scrim } = currentColours();
  const veil = isDimmed ? scrim : 0;
  return { color: dimmed(titleBar, veil), symbolColor: dimmed(symbols, veil), height: Math.round(TITLE_BAR_HEIGHT * zoomFactor) - 1 };
}

const dimmedWindows = new WeakSet<BrowserWindow>();

/** Call it when the theme or the zoom has changed. */
export function updateTitleBar(window: BrowserWindow): void {
  if (process.platform === 'darwin') return;
  const look = { zoomFactor: window.webContents.getZoomFactor(), isDimmed: dimmedWindows.has(window) };
  window.setTitleBarOverlay(titleBarOverlay(look));
}

/** The page shows a dialog, or none any more. */
export function dimTitleBar(window: BrowserWindow, isDimmed: boolean): void {
  if (isDimmed) dimmedWindows.add(window);
  else dimmedWindows.delete(window);
  updateTitleBar(window);
}

/** The setting takes precedence over the system; the remembered value is for the next start, before the settings are read. */
export function applyTheme(theme: Theme, store: DesktopStore): void {
  if (store.get('theme') !== theme) store.set('theme', theme);
  nativeTheme.themeSource = theme;
}

/** Updates the window's own colours with the theme. */
export function followTheme(window: BrowserWindow): void {
  const follow = () => {
    window.setBackgroundColor(currentBackground());
    updateTitleBar(window);
  };
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}
