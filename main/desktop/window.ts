import { join } from 'node:path';
import { app, BrowserWindow, type BrowserWindowConstructorOptions, nativeImage, type NativeImage, screen } from 'electron';
import { APP_URL } from './app-protocol.ts';
import { keepPageAlive, type PageHealthOptions } from './page-health.ts';
import { keepPlace } from './place-keeper.ts';
import type { DesktopStore } from './state-store.ts';
import { currentBackground, followTheme, titleBarOverlay } from './theme.ts';
import { fitPlace, LEAST_HEIGHT, LEAST_WIDTH, type WindowPlace } from './window-place.ts';
import { followZoom } from './zoom.ts';

export interface OpenedWindow {
  readonly window: BrowserWindow;
  /** Stores its place now; by itself it is stored a moment after a change. */
  readonly savePlace: () => void;
}

/** Opens the window at its last position and shows it with its first paint. */
export function openWindow(store: DesktopStore, health: PageHealthOptions): OpenedWindow {
  const place = fitPlace(
    store.get('place'),
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow(windowOptions(place));
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  const savePlace = keepPlace(window, store, place);
  followTheme(window);
  followZoom(window);
  keepPageAlive(window, health);
  window.loadURL(APP_URL).catch(() => undefined); // page-health.ts logs it and asks the user
  return { window, savePlace };
}

function windowOptions({ maximized: _maximized, fullScreen, ...place }: WindowPlace): BrowserWindowConstructorOptions {
  const titleBar: BrowserWindowConstructorOptions =
    process.platform === 'darwin'
      ? { titleBarStyle: 'hiddenInset' }
      : { titleBarStyle: 'hidden', titleBarOverlay: titleBarOverlay({ zoomFactor: 1, isDimmed: false }) };
  return {
    ...place,
    ...titleBar,
    ...(fullScreen ? { fullscreen: true } : {}),
    minWidth: LEAST_WIDTH,
    minHeight: LEAST_HEIGHT,
    title: 'Gantry',
    ...(process.platform === 'linux' ? { icon: windowIcon() } : {}),
    show: false,
    backgroundColor: currentBackground(),
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      // Chromium opens a folder that is dropped on the window in a new one; guards.ts opens it as a project instead.
      navigateOnDragDrop: true,
      spellcheck: false,
    },
  };
}

/** On other systems it comes with the program. Window managers show it at 16 to 256 pixels. */
function windowIcon(): NativeImage {
  return nativeImage.createFromPath(join(app.getAppPath(), 'resources', 'icons', 'icon.png')).resize({ width: 256 });
}
