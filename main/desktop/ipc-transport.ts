import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { MESSAGE_CHANNEL, POST_CHANNEL } from '../../preload/contract/index.ts';
import type { Logger } from '../engine/index.ts';
import type { HostTransport } from '../rpc/index.ts';
import { isAppUrl } from './app-protocol.ts';
import { collectAfterFloods } from './page-memory.ts';

interface Connection {
  readonly transport: HostTransport;
  readonly deliver: (frame: unknown) => void;
  readonly end: () => void;
}

export interface PageListener {
  readonly connect: (transport: HostTransport) => void;
  readonly onGreeted: () => void;
  readonly logger: Logger;
}

/**
 * The two channels of the bridge as one HostTransport for each page that sends hello. A reload, a crash and the end of the
 * window close it; a second hello from the same page starts a new one. `onGreeted` follows each hello, when events reach that
 * page. Errors: frames that are not from the main frame of our own page are dropped and logged.
 */
export function listenForPages({ connect, onGreeted, logger }: PageListener): void {
  const connections = new WeakMap<WebContents, Connection>();
  /** A reloaded page has the same contents object: its listeners stay. */
  const watched = new WeakSet<WebContents>();

  function end(contents: WebContents): void {
    connections.get(contents)?.end();
    connections.delete(contents);
  }

  function begin(contents: WebContents): void {
    watch(contents);
    end(contents);
    const connection = openConnection(contents);
    connections.set(contents, connection);
    connect(connection.transport);
  }

  function watch(contents: WebContents): void {
    if (watched.has(contents)) return;
    watched.add(contents);
    contents.once('destroyed', () => end(contents));
    contents.on('render-process-gone', () => end(contents));
    // This event comes before the guards, which refuse a navigation elsewhere, so the page stays.
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument, url }) => {
      if (isMainFrame && !isSameDocument && isAppUrl(url)) end(contents);
    });
  }

  ipcMain.on(POST_CHANNEL, (event, frame: unknown) => {
    if (!isOwnPage(event)) return logger.warn('message from a foreign frame refused', { url: event.senderFrame?.url });
    const hello = isHello(frame);
    if (hello) begin(event.sender);
    connections.get(event.sender)?.deliver(frame);
    if (hello) onGreeted();
  });
}

function isOwnPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isAppUrl(senderFrame.url);
}

/** Recognized here only because a transport begins with it; the rpc host checks its content. */
function isHello(frame: unknown): boolean {
  return typeof frame === 'object' && frame !== null && 't' in frame && frame.t === 'hello';
}

function openConnection(contents: WebContents): Connection {
  let onFrame: ((frame: unknown) => void) | undefined;
  let onClose: (() => void) | undefined;
  let open = true;
  const noteOutput = collectAfterFloods(contents);
  const end = () => {
    if (!open) return;
    open = false;
    onClose?.();
  };
  return {
    deliver: (frame) => open && onFrame?.(frame),
    end,
    transport: {
      send(frame) {
        if (!open || contents.isDestroyed()) return;
        contents.send(MESSAGE_CHANNEL, frame);
        if (frame.t === 'output') noteOutput(frame.bytes.length);
      },
      onFrame: (listener) => (onFrame = listener),
      onClose: (listener) => (onClose = listener),
      close: end,
    },
  };
}
