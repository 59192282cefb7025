import type { HostFrame } from '../../preload/contract/index.ts';

/**
 * The connection of one client, from the host's side. Its input is not trusted: `onFrame` passes on whatever arrives. Order:
 * frames arrive and leave in order. After `onClose` nothing is delivered and `send` does nothing. Ownership: the rpc host sets
 * both callbacks once, in `connect`.
 */
export interface HostTransport {
  send(frame: HostFrame): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
