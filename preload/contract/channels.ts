/** The two Electron channels: client to host, host to client. There are no others. */
export const POST_CHANNEL = 'gantry:post';
export const MESSAGE_CHANNEL = 'gantry:message';

/** The object that preload exposes as `window.host`. */
export interface HostBridge {
  post(frame: unknown): void;
  /** Returns a function that stops the delivery. */
  onMessage(listener: (frame: unknown) => void): () => void;
  /** Where a file or folder lies that the user has dropped or chosen; empty if it lies nowhere. */
  pathOf(file: object): string;
}
