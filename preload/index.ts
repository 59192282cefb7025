/**
 * The only thing between the window and the main process: two fixed channels. What may be said over them is the
 * contract, and it is enforced in main; nothing here decides anything.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { type HostBridge, MESSAGE_CHANNEL, POST_CHANNEL } from './contract/channels.ts';

const bridge: HostBridge = {
  post: (frame) => ipcRenderer.send(POST_CHANNEL, frame),
  onMessage: (listener) => {
    const deliver = (_event: unknown, frame: unknown) => listener(frame);
    ipcRenderer.on(MESSAGE_CHANNEL, deliver);
    return () => ipcRenderer.off(MESSAGE_CHANNEL, deliver);
  },
};

contextBridge.exposeInMainWorld('host', bridge);
