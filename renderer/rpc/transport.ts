import type { ClientFrame } from '../../preload/contract/index.ts';

/**
 * One connection attempt, from the client's side. Order: `onOpen` at most once, then frames, then `onClose` once, and nothing
 * afterwards. `send` before `onOpen` is a bug.
 */
export interface ClientTransport {
  send(frame: ClientFrame): void;
  onOpen(listener: () => void): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
