import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type BrowserWindow, dialog } from 'electron';

/** The system's dialog; null when it was cancelled. */
export async function pickFolder(window: BrowserWindow | undefined): Promise<string | null> {
  const options: Electron.OpenDialogOptions = { title: 'Open Folder', properties: ['openDirectory', 'createDirectory'] };
  const { canceled, filePaths } = await (window === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

/**
 * The first folder among a command line's arguments, or undefined. The first arguments belong to the program (Electron, in
 * development also the app's folder): `skip` of them are skipped, not counting the switches that Chromium inserts.
 */
export function folderFromArguments(argv: readonly string[], cwd: string, skip: number): string | undefined {
  return argv
    .filter((argument) => !argument.startsWith('-') && !argument.includes('://'))
    .slice(skip)
    .map((argument) => (isAbsolute(argument) ? argument : resolve(cwd, argument)))
    .find(isFolder);
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
