import { decodeOutput } from '../../preload/contract/index.ts';
import type { ClientTransport } from './transport.ts';

/** Text messages are JSON frames, binary ones terminal output. */
export function openWebSocketTransport(url: string): ClientTransport {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    onOpen: (listener) => socket.addEventListener('open', listener),
    onFrame: (listener) =>
      socket.addEventListener('message', ({ data }) =>
        listener(typeof data === 'string' ? parseJson(data) : decodeOutput(new Uint8Array(data))),
      ),
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the client drops anything that is not a frame; a host that sends such a thing is not ours
  }
}
