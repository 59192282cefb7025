import type { BrowserWindow } from 'electron';
import { dimTitleBar, updateTitleBar } from './theme.ts';

export type ZoomStep = 'in' | 'out' | 'reset';

/** Chromium's unit: a level is a factor of 1.2. Below and above these, the window's least size shows too much or too little. */
const STEP = 0.5;
const LEAST = -3;
const MOST = 5;

/** Pure. */
export function nextZoomLevel(level: number, step: ZoomStep): number {
  if (step === 'reset') return 0;
  return Math.min(MOST, Math.max(LEAST, level + (step === 'in' ? STEP : -STEP)));
}

/** Zooms the page, and its title bar with it. Chromium remembers the level for the next start. */
export function zoom(window: BrowserWindow, step: ZoomStep): void {
  window.webContents.setZoomLevel(nextZoomLevel(window.webContents.getZoomLevel(), step));
  updateTitleBar(window);
}

/** Zooms with Ctrl and the wheel, and fits the title bar to a remembered zoom. */
export function followZoom(window: BrowserWindow): void {
  window.webContents.on('zoom-changed', (_event, direction) => zoom(window, direction));
  // A new page shows no dialog.
  window.webContents.on('did-navigate', () => dimTitleBar(window, false));
}
