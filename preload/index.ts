/**
 * The only connection between the window and the main process: two fixed channels, and the paths of files that the user drops. The
 * contract defines their messages, and the main process enforces it; nothing here makes decisions.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type HostBridge, MESSAGE_CHANNEL, POST_CHANNEL } from './contract/channels.ts';

const bridge: HostBridge = {
  post: (frame) => ipcRenderer.send(POST_CHANNEL, frame),
  onMessage: (listener) => {
    const deliver = (_event: unknown, frame: unknown) => listener(frame);
    ipcRenderer.on(MESSAGE_CHANNEL, deliver);
    return () => ipcRenderer.off(MESSAGE_CHANNEL, deliver);
  },
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
};

contextBridge.exposeInMainWorld('host', bridge);
