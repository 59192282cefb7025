/** Electron's `app`, for the stand-in. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Electron from 'electron';
import { called, emitting, preventable } from './stand-in-parts.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** By id. The app destroys them when it quits. */
export const openWindows = new Map<number, { destroy(): void }>();

const appMembers: Pick<
  Electron.App,
  | 'getPath'
  | 'getAppPath'
  | 'getVersion'
  | 'getName'
  | 'isPackaged'
  | 'requestSingleInstanceLock'
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit'
  | 'focus'
> = {
  getPath: (name) => join(homedir(), '.config', 'Gantry', name === 'userData' ? '' : name),
  getAppPath: () => process.argv[1] ?? '',
  getVersion: () => version,
  getName: () => 'Gantry',
  isPackaged: false,
  requestSingleInstanceLock: () => true,
  whenReady: () => new Promise((resolve) => setImmediate(resolve)),
  isReady: () => true,
  quit: () => {
    const event = preventable();
    app.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of [...openWindows.values()]) window.destroy();
    app.emit('will-quit', preventable());
    process.exit(0);
  },
  exit: (code = 0) => process.exit(code),
  focus: () => called('app.focus'),
};
export const app = emitting('app', appMembers);
