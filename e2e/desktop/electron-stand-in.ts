/**
 * Replaces the module `electron` in a plain Node process, so that the built main entry runs unmodified where Electron's binary
 * is not available. `app` and the windows are in stand-in-app.ts and stand-in-window.ts; see wire.ts. A member that is not implemented throws
 * with its name. Every part is typed as a `Pick` of Electron's own declaration, so a change of Electron's types breaks the
 * build here. What this cannot show: docs/desktop-testing.md.
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { app } from './stand-in-app.ts';
import { answer, ask, called, emitting, only, post, preventable } from './stand-in-parts.ts';
import { BrowserWindow, focusedWindows, judge, windows } from './stand-in-window.ts';
import type { ToMain } from './wire.ts';

export { app, BrowserWindow };

const PARENT_PORT = new URL('./parent-port.ts', import.meta.url).href;

// ---- protocol

type Handler = Parameters<Electron.Protocol['handle']>[1];
const handlers = new Map<string, Handler>();

const protocolMembers: Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged: (schemes) => called('protocol.registerSchemesAsPrivileged', schemes),
  handle: (scheme, handler) => void handlers.set(scheme, handler),
};
export const protocol = only('protocol', protocolMembers);

async function serve({ requestId, url, method }: Extract<ToMain, { t: 'request' }>): Promise<void> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  // Electron passes a GlobalRequest too; only undici's and the DOM's declarations of it differ.
  const response = await (handler?.(new Request(url, { method }) as never) ?? new Response('no handler', { status: 500 }));
  post({
    t: 'response',
    requestId,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  });
}

// ---- other members

export const ipcMain = emitting<object>('ipcMain', {});

/** With or without a window before the options. When it is aborted, it closes and answers as if it was cancelled. */
async function showMessageBox(...args: unknown[]): Promise<Electron.MessageBoxReturnValue> {
  const { signal, ...options } = args.at(-1) as Electron.MessageBoxOptions; // the last argument of both forms
  const aborted = Promise.withResolvers<Electron.MessageBoxReturnValue>();
  signal?.addEventListener('abort', () => {
    called('dialog.closed', options.message);
    aborted.resolve({ response: options.cancelId ?? 0, checkboxChecked: false });
  });
  return Promise.race([ask<Electron.MessageBoxReturnValue>('dialog.showMessageBox', structuredClone([options])), aborted.promise]);
}

const dialogMembers = {
  showOpenDialog: (...args: unknown[]) => ask<Electron.OpenDialogReturnValue>('dialog.showOpenDialog', structuredClone(args.slice(-1))),
  showMessageBox,
} satisfies Pick<Electron.Dialog, 'showOpenDialog' | 'showMessageBox'>;
export const dialog = only('dialog', dialogMembers);

const shellMembers: Pick<Electron.Shell, 'openExternal' | 'showItemInFolder'> = {
  openExternal: async (url) => called('shell.openExternal', url),
  showItemInFolder: (path) => called('shell.showItemInFolder', path),
};
export const shell = only('shell', shellMembers);

type NotificationPart = Pick<Electron.Notification, 'show' | 'title' | 'body'>;
/** The shown notifications, oldest first. */
const notifications: (NotificationPart & EventEmitter)[] = [];

function createNotification({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}): NotificationPart & EventEmitter {
  const notification = emitting<NotificationPart>('Notification', {
    title,
    body,
    show: () => {
      notifications.push(notification);
      called('notification.show', { title, body });
    },
  });
  return notification;
}

const notificationStatics: Pick<typeof Electron.Notification, 'isSupported'> = { isSupported: () => true };
export const Notification = new Proxy(EventEmitter, {
  construct: (_target, [options]) => createNotification(options as Electron.NotificationConstructorOptions),
  get: (_target, key) => Reflect.get(only('Notification', notificationStatics), key),
});

const image = {} as Electron.NativeImage; // a token: the app only passes it on
const nativeImageMembers: Pick<typeof Electron.nativeImage, 'createFromPath'> = {
  createFromPath: () => Object.assign(image, { resize: () => image }),
};
export const nativeImage = only('nativeImage', nativeImageMembers);

export const clipboard = only('clipboard', {});
export const powerMonitor = emitting<object>('powerMonitor', {});

let themeSource: Electron.NativeTheme['themeSource'] = 'system';
const themeMembers: Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'> = {
  get themeSource() {
    return themeSource;
  },
  set themeSource(source) {
    themeSource = source;
    called('nativeTheme.themeSource', source);
    nativeTheme.emit('updated');
  },
  get shouldUseDarkColors() {
    return themeSource === 'dark';
  },
};
export const nativeTheme = emitting('nativeTheme', themeMembers);

const display = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } } as Electron.Display; // the only field that the app reads
const screenMembers: Pick<Electron.Screen, 'getAllDisplays'> = { getAllDisplays: () => [display] };
export const screen = only('screen', screenMembers);

const sessionMembers: Pick<Electron.Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'> = {
  setPermissionRequestHandler: (handler) => called('session.setPermissionRequestHandler', typeof handler),
  setPermissionCheckHandler: (handler) => called('session.setPermissionCheckHandler', typeof handler),
};
export const session = only('session', { defaultSession: only('session.defaultSession', sessionMembers) });

type MenuTemplate = readonly (Electron.MenuItemConstructorOptions | Electron.MenuItem)[];
const templates = new WeakMap<Electron.Menu, MenuTemplate>();
let menu: MenuTemplate = [];
const menuMembers: Pick<typeof Electron.Menu, 'buildFromTemplate' | 'setApplicationMenu'> = {
  buildFromTemplate(template) {
    const built = {} as Electron.Menu; // a token: the app only passes it on
    templates.set(built, template);
    return built;
  },
  setApplicationMenu: (built) => void (menu = (built && templates.get(built)) ?? []),
};
export const Menu = only('Menu', menuMembers);

function clickMenu(label: string): void {
  const items = menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  const item = items.find((candidate) => candidate.label === label);
  if (item?.click === undefined) throw new Error(`the menu has no item ${label}`);
  Reflect.apply(item.click, undefined, []);
}

type UtilityPart = Pick<Electron.UtilityProcess, 'postMessage' | 'kill' | 'pid'>;
export const utilityProcess = only('utilityProcess', {
  /** A forked Node with `process.parentPort`, like a utility process. */
  fork(modulePath: string, args: readonly string[] = [], options: Electron.ForkOptions = {}): UtilityPart & EventEmitter {
    const child = fork(modulePath, args, {
      execArgv: ['--import', PARENT_PORT],
      env: { ...((options.env as NodeJS.ProcessEnv | undefined) ?? process.env) },
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const utility = emitting<UtilityPart>('UtilityProcess', {
      get pid() {
        return child.pid;
      },
      postMessage: (message) => void (child.connected && child.send(structuredClone(message), () => undefined)),
      kill: () => child.kill(),
    });
    child.on('spawn', () => utility.emit('spawn'));
    child.on('message', (message) => utility.emit('message', message));
    child.on('exit', (code) => utility.emit('exit', code ?? 1));
    return utility;
  },
});

// ---- actions of the test

async function receive(message: ToMain): Promise<void> {
  const window = 'windowId' in message ? windows.get(message.windowId) : undefined;
  switch (message.t) {
    case 'request':
      return serve(message);
    case 'message': {
      if (window === undefined) return;
      const { mainFrame } = window.webContents;
      const senderFrame = message.isMainFrame
        ? Object.assign(mainFrame, { url: message.frameUrl })
        : { url: message.frameUrl, parent: mainFrame };
      ipcMain.emit(message.channel, { sender: window.webContents, senderFrame }, ...message.args);
      return;
    }
    case 'navigating': {
      if (window === undefined) return;
      Object.assign(window.webContents.mainFrame, { url: message.url });
      window.webContents.emit('did-start-navigation', { url: message.url, isMainFrame: true, isSameDocument: false });
      return;
    }
    case 'judge':
      post({ t: 'verdict', requestId: message.requestId, allowed: judge(message) });
      return;
    case 'painted':
      return void window?.emit('ready-to-show');
    case 'crashed':
      return void window?.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    case 'hangs':
      return void window?.emit(message.hangs ? 'unresponsive' : 'responsive');
    case 'close': {
      const event = preventable();
      window?.emit('close', event);
      if (!event.defaultPrevented) window?.destroy();
      return;
    }
    case 'blur':
      return void focusedWindows.delete(message.windowId);
    case 'notification':
      return void notifications[message.index]?.emit('click', {});
    case 'menu':
      return clickMenu(message.label);
    case 'app':
      return void app.emit(message.event, preventable(), ...message.args);
    case 'quit':
      return app.quit();
    case 'answer':
      answer(message.askId, message.value);
  }
}

process.on('message', (message) => void receive(message as ToMain)); // the test is always the other end
process.on('disconnect', () => process.exit(0));

const electron = only('electron', {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} satisfies Partial<Record<keyof typeof Electron, unknown>>);
export default electron;
