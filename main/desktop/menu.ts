import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { EventData } from '../../preload/contract/index.ts';
import type { ZoomStep } from './zoom.ts';

type Command = EventData<'command.invoked'>['command'];

export interface MenuActions {
  /** Sends the chosen command to the page. */
  readonly invoke: (command: Command) => void;
  readonly zoom: (step: ZoomStep) => void;
  readonly showAbout: () => void;
  readonly showLicences: () => void;
  readonly showLog: () => void;
  readonly reportProblem: () => void;
}

/**
 * The native menu: the system's menu bar on macOS; elsewhere the button at the left end of the title bar opens it. The page
 * handles the keys of its own commands itself, in every host; the menu shows them and registers none (macOS asks the page first).
 */
export function installMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, process.platform === 'darwin')));
}

function menuTemplate(actions: MenuActions, isMac: boolean): MenuItemConstructorOptions[] {
  const item = (label: string, command: Command, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    registerAccelerator: false,
    click: () => actions.invoke(command),
  });
  const settings = item('Settings…', 'open_settings', 'CmdOrCtrl+,');
  const about: MenuItemConstructorOptions = { label: 'About Gantry', click: actions.showAbout };
  const template: MenuItemConstructorOptions[] = [
    {
      label: 'File',
      submenu: [
        item('New Session', 'new_session', 'CmdOrCtrl+N'),
        item('Open Folder…', 'open_folder', 'CmdOrCtrl+O'),
        ...(isMac ? [] : [SEPARATOR, settings]),
        SEPARATOR,
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
        SEPARATOR,
        // Not Ctrl+R: in a terminal that searches the history.
        { role: 'reload', accelerator: 'CmdOrCtrl+Alt+R' },
        { role: 'toggleDevTools' },
        SEPARATOR,
        ...zoomItems(actions.zoom),
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show Log in Folder', click: actions.showLog },
        { label: 'Report a Problem…', click: actions.reportProblem },
        { label: 'Licences', click: actions.showLicences },
        ...(isMac ? [] : [SEPARATOR, about]),
      ],
    },
  ];
  return isMac ? [appMenu(about, settings), ...template] : template;
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/**
 * The roles of Electron know one key each. Most keyboards have the plus sign on a key that needs Shift, so browsers take that key
 * without it too, and the keys of the number pad.
 */
function zoomItems(zoom: (step: ZoomStep) => void): MenuItemConstructorOptions[] {
  const more = (accelerator: string, step: ZoomStep): MenuItemConstructorOptions => ({
    label: step,
    accelerator,
    visible: false,
    acceleratorWorksWhenHidden: true,
    click: () => zoom(step),
  });
  return [
    { label: 'Actual Size', accelerator: 'CmdOrCtrl+0', click: () => zoom('reset') },
    more('CmdOrCtrl+num0', 'reset'),
    { label: 'Zoom In', accelerator: 'CmdOrCtrl+Plus', click: () => zoom('in') },
    more('CmdOrCtrl+=', 'in'),
    more('CmdOrCtrl+numadd', 'in'),
    { label: 'Zoom Out', accelerator: 'CmdOrCtrl+-', click: () => zoom('out') },
    more('CmdOrCtrl+numsub', 'out'),
  ];
}

function appMenu(about: MenuItemConstructorOptions, settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      about,
      SEPARATOR,
      settings,
      SEPARATOR,
      { role: 'services' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      SEPARATOR,
      { role: 'quit' },
    ],
  };
}
