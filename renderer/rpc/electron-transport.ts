import type { HostBridge } from '../../preload/contract/index.ts';
import type { ClientTransport } from './transport.ts';

/** The preload's two channels. They live as long as the page, so this transport never closes by itself. */
export function openElectronTransport(bridge: HostBridge): ClientTransport {
  let stop: (() => void) | undefined;
  let onClose: (() => void) | undefined;
  return {
    send: (frame) => bridge.post(frame),
    onOpen: (listener) => queueMicrotask(listener),
    onFrame: (listener) => {
      stop = bridge.onMessage(listener);
    },
    onClose: (listener) => {
      onClose = listener;
    },
    close() {
      stop?.();
      onClose?.();
    },
  };
}
