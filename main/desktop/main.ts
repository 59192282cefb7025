/**
 * The desktop host's entry: one instance, one window, the engine behind it. Owns the order of the start and makes no product
 * decisions. Flow: scheme and guards -> ready -> engine and bridge -> window -> the login shell's environment.
 */
import { app } from 'electron';
import { Theme } from '../../preload/contract/index.ts';
import { createEngine } from '../engine/index.ts';
import { RENDERER_ROOT } from '../local/install-paths.ts';
import { createRpcHost } from '../rpc/index.ts';
import { createAppPort } from './app-port.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { denyPermissions, installGuards } from './guards.ts';
import { listenForPages } from './ipc-transport.ts';
import { createMainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { notifyOfEndedTasks } from './notifications.ts';
import { folderFromArguments, isFolder } from './open-folder.ts';
import { createPageCommands } from './page-commands.ts';
import { createDesktopPorts } from './ports.ts';
import { installQuit } from './quit.ts';
import { openDesktopStore } from './state-store.ts';
import { applyTheme } from './theme.ts';

/** The program's own arguments: Electron and, in development, the app's folder. */
const OWN_ARGUMENTS = app.isPackaged ? 1 : 2;

registerAppScheme();
if (app.requestSingleInstanceLock()) void start();
else app.quit();

async function start(): Promise<void> {
  const commands = createPageCommands();
  const openFolder = (path: string | undefined): void => {
    if (path !== undefined && isFolder(path)) commands.invoke({ command: 'open_folder', path });
  };
  installGuards(openFolder);
  openFolder(folderFromArguments(process.argv, process.cwd(), OWN_ARGUMENTS));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openFolder(path);
  });

  await app.whenReady();
  denyPermissions();
  serveApp(RENDERER_ROOT);
  const store = openDesktopStore();
  applyTheme(Theme.safeParse(store.get('theme')).data ?? 'system', store); // any program may have written the file

  const { ports, logPath } = createDesktopPorts();
  const { logger } = ports;
  process.on('uncaughtException', (error) => logger.error('uncaught in the desktop', { error: error.stack }));
  const engine = createEngine(ports);
  const quit = installQuit(engine, logger, () => window.current());
  const window = createMainWindow(store, { logger, logPath }, quit.mustAsk);
  const rpc = createRpcHost({
    engine,
    app: createAppPort(window.current, logPath),
    logger,
    after: (ms, run) => ports.clock.after(ms, run),
    validate: !app.isPackaged,
  });
  listenForPages({ connect: (transport) => rpc.connect(transport), onGreeted: commands.flush, logger });
  commands.open({
    isThere: () => rpc.clientCount() > 0,
    send: (command) => rpc.broadcast({ event: 'command.invoked', data: command }),
  });

  const followSetting = () =>
    engine.settings.describe().then(
      ({ theme }) => applyTheme(theme, store),
      (error: unknown) => logger.warn('the theme could not be read', { error: String(error) }),
    );
  engine.subscribe(({ event }) => void (event === 'settings.changed' && followSetting()));
  notifyOfEndedTasks(engine, {
    window: window.current,
    open: (taskId) => {
      commands.invoke({ command: 'open_task', taskId });
      window.show();
    },
  });
  installMenu((command) => {
    commands.invoke({ command });
    window.show();
  });
  app.on('second-instance', (_event, argv, cwd) => {
    openFolder(folderFromArguments(argv, cwd, OWN_ARGUMENTS));
    window.show();
  });
  app.on('activate', window.show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  window.show();
  void followSetting();
  void ports.environment(); // read now, so that the first command does not have to wait for it
}
