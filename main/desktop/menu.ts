import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { EventData } from '../../preload/contract/index.ts';

type Command = EventData<'command.invoked'>['command'];

/**
 * The native menu. Its items only send the chosen command to the page.
 * The page handles these keys itself, in every host; the menu shows them and registers none (macOS asks the page first).
 */
export function installMenu(invoke: (command: Command) => void): void {
  const item = (label: string, command: Command, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    registerAccelerator: false,
    click: () => invoke(command),
  });
  const isMac = process.platform === 'darwin';
  const settings = item('Settings…', 'open_settings', 'CmdOrCtrl+,');
  const template: MenuItemConstructorOptions[] = [
    {
      label: 'File',
      submenu: [
        item('New Session', 'new_session', 'CmdOrCtrl+N'),
        item('Open Folder…', 'open_folder', 'CmdOrCtrl+O'),
        ...(isMac ? [] : [{ type: 'separator' } as const, settings]),
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        item('Tasks', 'toggle_tasks', 'CmdOrCtrl+J'),
        item('Sidebar', 'toggle_sidebar', 'CmdOrCtrl+\\'),
        item('Message', 'focus_composer', 'CmdOrCtrl+L'),
        { type: 'separator' },
        // Not Ctrl+R: in a terminal that searches the history.
        { role: 'reload', accelerator: 'CmdOrCtrl+Alt+R' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(isMac ? [appMenu, ...template] : template));
}
