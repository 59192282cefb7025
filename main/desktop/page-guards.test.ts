import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { POST_CHANNEL } from '../../preload/contract/index.ts';
import { silentLogger } from '../local/logger.ts';
import type { HostTransport } from '../rpc/index.ts';
import { installGuards } from './guards.ts';
import { listenForPages } from './ipc-transport.ts';

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  return { app: new Emitter(), ipcMain: new Emitter(), protocol: {}, session: {} };
});
vi.mock('electron', () => electron);

beforeEach(() => {
  electron.app.removeAllListeners();
  electron.ipcMain.removeAllListeners();
});

/** A page as far as the guards and the bridge see it. */
function fakePage() {
  const contents = Object.assign(new EventEmitter(), { isDestroyed: () => false, send: () => {}, setWindowOpenHandler: () => {} });
  return {
    contents,
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

test('each load of a page is a connection of its own, and no listener is left of the one before', () => {
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

test('a folder that is dropped is opened, and the page stays', () => {
  const dropped: string[] = [];
  installGuards((path) => void dropped.push(path));
  const { contents } = fakePage();
  electron.app.emit('web-contents-created', {}, contents);
  expect(navigate(contents, 'file:///home/a%20b')).toBe(true);
  expect(dropped).toEqual(['/home/a b']);
});

test.each(['file://elsewhere/share', 'file:///a%2Fb', 'https://example.com/', 'app://gantry.evil/'])('%s leads nowhere', (url) => {
  const dropped: string[] = [];
  installGuards((path) => void dropped.push(path));
  const { contents } = fakePage();
  electron.app.emit('web-contents-created', {}, contents);
  expect(navigate(contents, url)).toBe(true);
  expect(dropped).toEqual([]);
});
