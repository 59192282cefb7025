import { type BrowserWindow, dialog } from 'electron';

/** The system's dialog; null when it was cancelled. */
export async function pickFolder(window: BrowserWindow | undefined): Promise<string | null> {
  const options: Electron.OpenDialogOptions = { title: 'Open Folder', properties: ['openDirectory', 'createDirectory'] };
  const { canceled, filePaths } = await (window === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}
