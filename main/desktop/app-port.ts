import { homedir } from 'node:os';
import { app, type BrowserWindow, shell } from 'electron';
import type { AppPort } from '../rpc/index.ts';
import { confirmInDialog } from './confirm-dialog.ts';
import { pickFolder } from './open-folder.ts';
import { defined } from '../../preload/contract/index.ts';

/** The desktop's abilities for its page. */
export function createAppPort(currentWindow: () => BrowserWindow | undefined, logPath: string | undefined): AppPort {
  return {
    describe: () => ({
      version: app.getVersion(),
      host: 'desktop',
      platform: process.platform,
      homePath: homedir(),
      canPickFolder: true,
      canRevealFiles: true,
      ...defined({ logPath }),
    }),
    pickFolder: () => pickFolder(currentWindow()),
    confirm: (question, signal) => confirmInDialog(currentWindow(), question, signal),
    revealFile: async (path) => shell.showItemInFolder(path),
    async openExternal(url) {
      // The contract has checked it; the app checks it again before it opens it.
      if (/^https?:\/\//i.test(url)) await shell.openExternal(url);
    },
  };
}
