import type { WebSocket } from 'ws';
import { encodeOutput } from '../../preload/contract/index.ts';
import type { HostTransport } from '../rpc/index.ts';

/** A client with this much unread data is disconnected; it reconnects and attaches again. Unit: bytes. */
export const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** JSON frames as text messages, terminal output as binary ones. */
export function createWebSocketTransport(socket: WebSocket): HostTransport {
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAX_UNREAD_BYTES) return socket.close(1008, 'too slow: too much unread');
      if (frame.t === 'output') socket.send(encodeOutput(frame));
      else socket.send(JSON.stringify(frame));
    },
    onFrame: (listener) => void socket.on('message', (data, isBinary) => listener(isBinary ? undefined : parseJson(String(data)))),
    onClose: (listener) => void socket.once('close', listener),
    close: () => socket.close(),
  };
}

/** Invalid JSON is passed on as undefined, which the rpc host reports as malformed. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
