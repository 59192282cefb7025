import { join } from 'node:path';
import { BrowserWindow, type BrowserWindowConstructorOptions, screen } from 'electron';
import { APP_URL } from './app-protocol.ts';
import { keepPageAlive, type PageHealthOptions } from './page-health.ts';
import type { DesktopStore } from './state-store.ts';
import { currentColours, followTheme, TITLE_BAR_HEIGHT } from './theme.ts';
import { fitPlace, LEAST_HEIGHT, LEAST_WIDTH, type WindowPlace } from './window-place.ts';

/** Opens the window at its last position and shows it with its first paint. */
export function openWindow(store: DesktopStore, health: PageHealthOptions): BrowserWindow {
  const place = fitPlace(
    store.get('place'),
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow(windowOptions(place));
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => store.set('place', { ...window.getNormalBounds(), maximized: window.isMaximized() }));
  followTheme(window);
  keepPageAlive(window, health);
  window.loadURL(APP_URL).catch(() => undefined); // page-health.ts logs it and asks the user
  return window;
}

function windowOptions({ maximized: _maximized, ...place }: WindowPlace): BrowserWindowConstructorOptions {
  const { background, symbols } = currentColours();
  const titleBar: BrowserWindowConstructorOptions =
    process.platform === 'darwin'
      ? { titleBarStyle: 'hiddenInset' }
      : { titleBarStyle: 'hidden', titleBarOverlay: { color: background, symbolColor: symbols, height: TITLE_BAR_HEIGHT } };
  return {
    ...place,
    ...titleBar,
    minWidth: LEAST_WIDTH,
    minHeight: LEAST_HEIGHT,
    title: 'Gantry',
    show: false,
    backgroundColor: background,
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      // A folder dropped on the window arrives as a navigation, which the guards refuse and open as a project.
      navigateOnDragDrop: true,
      spellcheck: false,
      // Terminals and clocks continue in a window that is covered.
      backgroundThrottling: false,
    },
  };
}
