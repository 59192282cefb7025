import type { HostFrame } from '../../preload/contract/index.ts';

/**
 * One client's wire, from the host's side. What arrives is not trusted: `onFrame` hands over whatever came.
 * Order: frames arrive and leave in order. After `onClose` has fired nothing is delivered and `send` does nothing.
 * Ownership: the rpc host sets both callbacks once, in `connect`.
 */
export interface HostTransport {
  send(frame: HostFrame): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
