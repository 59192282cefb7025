import type { BrowserWindow } from 'electron';
import type { DesktopStore } from './state-store.ts';
import { nextPlace, type WindowPlace } from './window-place.ts';

/** A window that is being dragged is stored when it has rested this long. Unit: ms. */
const REST_MS = 500;

/**
 * Stores the place of the window whenever it has changed, and when it closes. Returns a function that stores it now: an app that
 * exits closes no window first.
 */
export function keepPlace(window: BrowserWindow, store: DesktopStore, first: WindowPlace): () => void {
  let place = first;
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    place = nextPlace(place, {
      bounds: window.getBounds(),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
      minimized: window.isMinimized(),
    });
    store.set('place', place);
  };
  const saveLater = () => {
    clearTimeout(timer);
    timer = setTimeout(save, REST_MS);
  };
  window.on('move', saveLater);
  window.on('resize', saveLater);
  window.on('maximize', saveLater);
  window.on('unmaximize', saveLater);
  window.on('enter-full-screen', saveLater);
  window.on('leave-full-screen', saveLater);
  window.on('close', save);
  window.once('closed', () => clearTimeout(timer));
  return save;
}
