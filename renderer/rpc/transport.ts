import type { ClientFrame } from '../../preload/contract/index.ts';

/**
 * One attempt at a connection, from the client's side.
 * Order: `onOpen` at most once, then frames, then `onClose` once; after it nothing comes. `send` before `onOpen` is a bug.
 */
export interface ClientTransport {
  send(frame: ClientFrame): void;
  onOpen(listener: () => void): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
