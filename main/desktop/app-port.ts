import { homedir } from 'node:os';
import { app, type BrowserWindow, Menu, shell } from 'electron';
import type { AppPort } from '../rpc/index.ts';
import { confirmInDialog } from './confirm-dialog.ts';
import { pickFolder } from './open-folder.ts';
import { dimTitleBar } from './theme.ts';
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
      hasMenu: process.platform !== 'darwin',
      ...defined({ logPath }),
    }),
    pickFolder: () => pickFolder(currentWindow()),
    confirm: (question, signal) => confirmInDialog(currentWindow(), question, signal),
    async dimTitleBar(dimmed) {
      const window = currentWindow();
      if (window !== undefined) dimTitleBar(window, dimmed);
    },
    async openMenu({ x, y }) {
      const window = currentWindow();
      if (window === undefined) return;
      const zoom = window.webContents.getZoomFactor();
      Menu.getApplicationMenu()?.popup({ window, x: Math.round(x * zoom), y: Math.round(y * zoom) });
    },
    revealFile: async (path) => shell.showItemInFolder(path),
    async openExternal(url) {
      // The contract has checked it; the app checks it again before it opens it.
      if (/^https?:\/\//i.test(url)) await shell.openExternal(url);
    },
  };
}
