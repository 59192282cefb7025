import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { POST_CHANNEL } from '../../preload/contract/index.ts';
import { silentLogger } from '../local/logger.ts';
import type { HostTransport } from '../rpc/index.ts';
import { createAppPort } from './app-port.ts';
import { denyPermissions, installGuards } from './guards.ts';
import { listenForPages } from './ipc-transport.ts';

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const opened: string[] = [];
  return {
    app: Object.assign(new Emitter(), { getVersion: () => '0' }),
    dialog: {},
    ipcMain: new Emitter(),
    opened,
    protocol: {},
    session: { defaultSession: { setPermissionRequestHandler: vi.fn(), setPermissionCheckHandler: vi.fn() } },
    shell: { openExternal: async (url: string) => void opened.push(url) },
  };
});
vi.mock('electron', () => electron);

beforeEach(() => {
  electron.app.removeAllListeners();
  electron.ipcMain.removeAllListeners();
});

/** The parts of a page that the guards and the bridge use. */
function fakePage() {
  type Opening = { readonly url: string; readonly disposition: string };
  let onOpen: (opening: Opening) => unknown = () => undefined;
  const setWindowOpenHandler = (handler: typeof onOpen) => void (onOpen = handler);
  const contents = Object.assign(new EventEmitter(), { isDestroyed: () => false, send: () => {}, setWindowOpenHandler });
  return {
    contents,
    openWindow: (url: string, disposition = 'foreground-tab') => onOpen({ url, disposition }),
    hello: () =>
      void electron.ipcMain.emit(
        POST_CHANNEL,
        { sender: contents, senderFrame: { parent: null, url: 'app://gantry/' } },
        { t: 'hello', protocol: 1 },
      ),
    reload: () => void contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url: 'app://gantry/' }),
  };
}

function navigate(contents: EventEmitter, url: string): boolean {
  let isPrevented = false;
  contents.emit('will-navigate', { url, preventDefault: () => (isPrevented = true) });
  return isPrevented;
}

test('each load of a page is a separate connection, and no listener of the previous one is left', () => {
  const opened: HostTransport[] = [];
  const closed: HostTransport[] = [];
  listenForPages({
    connect(transport) {
      opened.push(transport);
      transport.onClose(() => closed.push(transport));
    },
    onGreeted: () => {},
    logger: silentLogger,
  });
  const page = fakePage();
  page.hello();
  const listeners = () => page.contents.eventNames().map((name) => [name, page.contents.listenerCount(name)]);
  const first = listeners();
  for (let load = 0; load < 3; load += 1) {
    page.reload();
    page.hello();
  }
  expect(listeners()).toEqual(first);
  expect([opened.length, closed]).toEqual([4, opened.slice(0, 3)]);
});

test.each([
  ['file:///home/a%20b', 'foreground-tab', ['/home/a b']],
  ['file:///home', 'new-window', []],
  ['file://elsewhere/share', 'foreground-tab', []],
  ['https://example.com/', 'foreground-tab', []],
])('%s in a %s opens no window; dropped are %j', (url, disposition, expected) => {
  const dropped: string[] = [];
  installGuards((path) => void dropped.push(path));
  const { contents, openWindow } = fakePage();
  electron.app.emit('web-contents-created', {}, contents);
  expect(openWindow(url, disposition)).toEqual({ action: 'deny' });
  expect(dropped).toEqual(expected);
});

test.each(['file:///home', 'https://example.com/', 'app://gantry.evil/'])('a navigation to %s is refused', (url) => {
  const dropped: string[] = [];
  installGuards((path) => void dropped.push(path));
  const { contents } = fakePage();
  electron.app.emit('web-contents-created', {}, contents);
  expect(navigate(contents, url)).toBe(true);
  expect(dropped).toEqual([]);
});

test.each(['will-redirect', 'will-attach-webview'])('%s is prevented, and no window is opened', (event) => {
  installGuards(() => undefined);
  const { contents, openWindow } = fakePage();
  electron.app.emit('web-contents-created', {}, contents);
  let isPrevented = false;
  contents.emit(event, { url: 'app://gantry/', preventDefault: () => (isPrevented = true) });
  expect([isPrevented, openWindow('https://example.com/')]).toEqual([true, { action: 'deny' }]);
});

test.each<[string, string, boolean]>([
  ['clipboard-sanitized-write', 'app://gantry/', true],
  ['clipboard-sanitized-write', 'https://example.com/', false],
  ['clipboard-read', 'app://gantry/', false],
  ['media', 'app://gantry/', false],
  ['notifications', 'app://gantry/', false],
])('the permission %s for %s: %s', (permission, url, isGranted) => {
  denyPermissions();
  const { defaultSession } = electron.session;
  const answers: boolean[] = [];
  const [request] = defaultSession.setPermissionRequestHandler.mock.lastCall ?? [];
  request({}, permission, (answer: boolean) => answers.push(answer), { requestingUrl: url });
  const [check] = defaultSession.setPermissionCheckHandler.mock.lastCall ?? [];
  expect([answers, check({}, permission, url)]).toEqual([[isGranted], isGranted]);
});

test.each<[string, { parent: object | null; url: string } | null]>([
  ['a frame inside our page', { parent: {}, url: 'app://gantry/' }],
  ['another page', { parent: null, url: 'https://example.com/' }],
  ['a frame that is gone', null],
])('a message from %s is dropped', (_who, senderFrame) => {
  const opened: HostTransport[] = [];
  listenForPages({ connect: (transport) => void opened.push(transport), onGreeted: () => {}, logger: silentLogger });
  const { contents } = fakePage();
  electron.ipcMain.emit(POST_CHANNEL, { sender: contents, senderFrame }, { t: 'hello', protocol: 1 });
  expect(opened).toEqual([]);
});

test.each([
  ['https://example.com/a', true],
  ['HTTP://example.com', true],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)//http://', false],
  ['smb://host/share', false],
])('the link %s leaves the app: %s', async (url, leaves) => {
  electron.opened.length = 0;
  await createAppPort(() => undefined, undefined).openExternal(url);
  expect(electron.opened).toEqual(leaves ? [url] : []);
});
