/**
 * The desktop host's entry: one instance, one window, the engine behind it. Owns the order of the start and makes no product
 * decisions. Flow: scheme and guards -> ready -> engine and bridge -> window -> the login shell's environment.
 */
import { app } from 'electron';
import { Theme } from '../../preload/contract/index.ts';
import { createEngine } from '../engine/index.ts';
import { RENDERER_ROOT } from '../local/install-paths.ts';
import { createRpcHost } from '../rpc/index.ts';
import { createAbout } from './about.ts';
import { createAppPort } from './app-port.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { listenForTheEnd } from './end-signals.ts';
import { denyPermissions, installGuards } from './guards.ts';
import { listenForPages } from './ipc-transport.ts';
import { createMainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { notifyOfEndedTasks } from './notifications.ts';
import { type OpenTarget, targetOf, targetOfArguments } from './open-target.ts';
import { createPageCommands } from './page-commands.ts';
import { createDesktopPorts } from './ports.ts';
import { installQuit } from './quit.ts';
import { openDesktopStore } from './state-store.ts';
import { applyTheme } from './theme.ts';
import { zoom } from './zoom.ts';

/** The program's own arguments: Electron and, in development, the app's folder. */
const OWN_ARGUMENTS = app.isPackaged ? 1 : 2;

registerAppScheme();
if (app.requestSingleInstanceLock()) void start();
else app.quit();

async function start(): Promise<void> {
  const commands = createPageCommands();
  const open = (target: OpenTarget | undefined): void => {
    if (target === undefined) return;
    const problem = target.kind === 'problem' ? { problem: target.problem } : {};
    commands.invoke({ command: 'open_folder', path: target.path, ...problem });
  };
  installGuards((path) => {
    const target = targetOf(path, '/');
    // The folder of a file that was dropped may be the whole desktop.
    open(target.kind === 'folder' && target.path !== path ? { kind: 'problem', problem: 'file', path } : target);
  });
  open(targetOfArguments(process.argv, process.cwd(), OWN_ARGUMENTS));
  const openOn = (event: Electron.Event, target: string) => {
    event.preventDefault();
    open(targetOf(target, '/'));
  };
  app.on('open-file', openOn);
  app.on('open-url', openOn);

  await app.whenReady();
  denyPermissions();
  serveApp(RENDERER_ROOT);
  const store = openDesktopStore();
  applyTheme(Theme.safeParse(store.get('theme')).data ?? 'system', store); // any program may have written the file

  const { ports, logPath } = createDesktopPorts();
  const { logger } = ports;
  logger.info('the desktop starts', { version: app.getVersion(), electron: process.versions.electron, platform: process.platform });
  process.on('uncaughtException', (error) => logger.error('uncaught in the desktop', { error: error.stack }));
  const engine = createEngine(ports);
  const quit = installQuit({ engine, logger, currentWindow: () => window.current(), onClosing: () => window.save() });
  listenForTheEnd(quit.end);
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
  installMenu({
    invoke: (command) => {
      commands.invoke({ command });
      window.show();
    },
    zoom: (step) => {
      const current = window.current();
      if (current !== undefined) zoom(current, step);
    },
    ...createAbout(window.current, logPath),
  });
  app.on('second-instance', (_event, argv, cwd) => {
    open(targetOfArguments(argv, cwd, OWN_ARGUMENTS));
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
