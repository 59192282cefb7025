import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { _electron, type BrowserContext, type Page } from '@playwright/test';
import { launchStandIn, type StandInDesktop } from '../desktop/launch-stand-in.ts';

export type HostKind = 'server' | 'desktop-stand-in' | 'desktop';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist/main/cli.js');
const DESKTOP = join(ROOT, 'dist/main/desktop.js');
/** In a folder that `ELECTRON_OVERRIDE_DIST_PATH` names, as in resources/scripts/lib/electron.mjs. */
const EXECUTABLE: Readonly<Record<string, string>> = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** A built host with its window open. */
export interface RunningHost {
  readonly page: Page;
  /** Runs `ask` (a button, a key, a menu) and then chooses the folder as a user does on this host. */
  readonly chooseFolder: (path: string, ask: () => Promise<void>) => Promise<void>;
  /** Ends it as a user would and waits until it has ended. */
  readonly stop: () => Promise<void>;
  readonly process: ChildProcess;
  /** Only with the stand-in. */
  readonly standIn?: StandInDesktop;
}

export interface LaunchOptions {
  readonly context: BrowserContext;
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Why this host cannot run here, or undefined. */
export function whyNot(kind: HostKind): string | undefined {
  if (kind !== 'desktop') return process.env['GANTRY_NO_BROWSER'] === undefined ? undefined : 'there is no Chromium, Chrome or Edge';
  if (electronBinary() === undefined) return "Electron's binary is not here (it is fetched by `npm start`)";
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display for Electron';
  return undefined;
}

export function launch(kind: HostKind, options: LaunchOptions): Promise<RunningHost> {
  if (kind === 'server') return launchServer(options);
  return kind === 'desktop' ? launchElectron(options) : launchWithStandIn(options);
}

/** On Linux the keyring is reached over this bus. Without the variable, libdbus uses the machine's own, whatever HOME is. */
const NO_BUS = 'unix:path=/dev/null';

/** A user's environment, without the variables of this process (which include keys), and without a keyring on Linux. */
function environment({ home, env }: Omit<LaunchOptions, 'context'>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    GANTRY_HOME: join(home, '.gantry'),
    DBUS_SESSION_BUS_ADDRESS: NO_BUS,
    ...env,
  };
}

async function launchServer(options: LaunchOptions): Promise<RunningHost> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...(options.args ?? [])], {
    cwd: options.home,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`gantry serve ended with code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /https?:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const page = await options.context.newPage();
  await page.goto(address);
  return {
    page,
    process: child,
    chooseFolder: async (path, ask) => {
      await ask();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox').fill(path);
      await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    },
    stop: async () => {
      await page.close();
      await end(child, () => void child.kill('SIGTERM'));
    },
  };
}

async function launchWithStandIn(options: LaunchOptions): Promise<RunningHost> {
  const standIn = await launchStandIn(options.context, { entry: DESKTOP, args: options.args ?? [], env: environment(options) });
  let folder = '';
  standIn.answer('dialog.showOpenDialog', () => ({ canceled: folder === '', filePaths: folder === '' ? [] : [folder] }));
  standIn.answer('dialog.showMessageBox', () => ({ response: 0, checkboxChecked: false }));
  await standIn.page.waitForURL((url) => url.hostname === 'gantry.test');
  return {
    page: standIn.page,
    process: standIn.process,
    standIn,
    chooseFolder: (path, ask) => {
      folder = path;
      return ask();
    },
    stop: async () => {
      standIn.send({ t: 'quit' });
      await standIn.ended;
    },
  };
}

export async function launchElectron(options: Omit<LaunchOptions, 'context'>): Promise<RunningHost> {
  const electron = await _electron.launch({
    executablePath: electronBinary() ?? '',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT, ...(options.args ?? [])],
    env: { ...environment(options), ...displayEnvironment() },
  });
  const page = await electron.firstWindow();
  await electron.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
  });
  return {
    page,
    process: electron.process(),
    chooseFolder: async (path, ask) => {
      await electron.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, path);
      await ask();
    },
    stop: () => electron.close(),
  };
}

/** XAUTHORITY names the key of a display that xvfb-run has opened. */
function displayEnvironment(): Record<string, string> {
  return Object.fromEntries(['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'].map((name) => [name, process.env[name] ?? '']));
}

function electronBinary(): string | undefined {
  const folder = join(ROOT, 'node_modules/electron');
  const chosen = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const fetched = join(folder, 'path.txt');
  if (chosen === undefined && !existsSync(fetched)) return undefined;
  const name = existsSync(fetched) ? readFileSync(fetched, 'utf8') : EXECUTABLE[process.platform];
  const path = join(chosen ?? join(folder, 'dist'), name ?? 'electron');
  return existsSync(path) ? path : undefined;
}

function end(child: ChildProcess, ask: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    ask();
  });
}
