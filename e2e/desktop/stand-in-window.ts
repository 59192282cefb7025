/** Electron's windows, for the stand-in: pages of a browser that the test controls. */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { app, openWindows } from './stand-in-app.ts';
import { called, emitting, post, preventable } from './stand-in-parts.ts';
import type { ToMain, WindowOptions } from './wire.ts';

type WebContentsPart = Pick<
  Electron.WebContents,
  'id' | 'send' | 'isDestroyed' | 'reload' | 'setWindowOpenHandler' | 'mainFrame' | 'getURL' | 'getZoomFactor' | 'forcefullyCrashRenderer'
>;

export interface StandInWindow extends EventEmitter {
  readonly webContents: WebContentsPart & EventEmitter;
  destroy(): void;
}

export const windows = new Map<number, StandInWindow>();
const openHandlers = new Map<number, (details: { url: string; disposition: string }) => { action: string }>();
export const focusedWindows = new Set<number>();
let nextWindow = 1;

function createWebContents(windowId: number, isGone: () => boolean): WebContentsPart & EventEmitter {
  const mainFrame = { url: '', parent: null } as Electron.WebFrameMain; // the properties that the app reads
  const contents = emitting<WebContentsPart>('webContents', {
    id: windowId,
    mainFrame,
    getURL: () => mainFrame.url,
    getZoomFactor: () => 1,
    isDestroyed: isGone,
    // structuredClone throws where Electron does: for functions, symbols, class instances with private state.
    send: (channel, ...args) => post({ t: 'send', windowId, channel, args: structuredClone(args) }),
    reload: () => post({ t: 'load', windowId, url: mainFrame.url }),
    setWindowOpenHandler: (handler) => void openHandlers.set(windowId, handler as never), // called with two of the details
    forcefullyCrashRenderer: () => void contents.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 }),
  });
  return contents;
}

type WindowMembers = Pick<
  Electron.BrowserWindow,
  | 'show'
  | 'focus'
  | 'restore'
  | 'isMinimized'
  | 'isFocused'
  | 'maximize'
  | 'isMaximized'
  | 'isDestroyed'
  | 'isFullScreen'
  | 'getBounds'
  | 'setBackgroundColor'
  | 'setTitleBarOverlay'
  | 'loadURL'
  | 'destroy'
>;

function createWindow(options: Electron.BrowserWindowConstructorOptions = {}): StandInWindow & WindowMembers {
  const windowId = nextWindow++;
  let gone = false;
  const webContents = createWebContents(windowId, () => gone);
  const members: WindowMembers & { webContents: typeof webContents } = {
    webContents,
    show: () => {
      focusedWindows.add(windowId);
      called('window.show', windowId);
    },
    focus: () => {
      focusedWindows.add(windowId);
      called('window.focus', windowId);
    },
    restore: () => called('window.restore', windowId),
    isMinimized: () => false,
    isFocused: () => focusedWindows.has(windowId),
    maximize: () => called('window.maximize', windowId),
    isMaximized: () => false,
    isDestroyed: () => gone,
    isFullScreen: () => false,
    getBounds: () => ({ x: options.x ?? 100, y: options.y ?? 100, width: options.width ?? 800, height: options.height ?? 600 }),
    setBackgroundColor: (colour) => called('window.setBackgroundColor', colour),
    setTitleBarOverlay: (overlay) => called('window.setTitleBarOverlay', overlay),
    loadURL: async (url) => post({ t: 'load', windowId, url }),
    destroy: () => {
      if (gone) return;
      gone = true;
      windows.delete(windowId);
      openWindows.delete(windowId);
      webContents.emit('destroyed');
      window.emit('closed');
      post({ t: 'closed', windowId });
      if (windows.size === 0) app.emit('window-all-closed');
    },
  };
  const window = emitting('BrowserWindow', members);
  windows.set(windowId, window);
  openWindows.set(windowId, window);
  post({ t: 'window', windowId, options: JSON.parse(JSON.stringify(options)) as WindowOptions });
  app.emit('web-contents-created', {}, webContents);
  return window;
}

export const BrowserWindow = new Proxy(EventEmitter, {
  construct: (_target, [options]) => createWindow(options as Electron.BrowserWindowConstructorOptions),
  get(_target, key) {
    throw new Error(`the stand-in for Electron has no BrowserWindow.${String(key)}`);
  },
});

/** Asks the app's own guards. */
export function judge({ windowId, what, url }: Extract<ToMain, { t: 'judge' }>): boolean {
  if (what === 'open') return openHandlers.get(windowId)?.({ url, disposition: 'foreground-tab' }).action === 'allow';
  const event = preventable({ url });
  windows.get(windowId)?.webContents.emit('will-navigate', event);
  return !event.defaultPrevented;
}
