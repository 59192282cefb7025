import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, type BrowserContext, type ElectronApplication, expect, type Page } from '@playwright/test';
import { launchStandIn, type StandInDesktop } from '../desktop/launch-stand-in.ts';

export type HostKind = 'server' | 'desktop-stand-in' | 'desktop';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist/main/cli.js');
const DESKTOP = join(ROOT, 'dist/main/desktop.js');

/** A built host with its window open. */
export interface RunningHost {
  readonly page: Page;
  /** Runs `ask` (a button, a key, a menu) and then chooses the folder as a user does on this host. */
  readonly chooseFolder: (path: string, ask: () => Promise<void>) => Promise<void>;
  /** Runs `ask`, which saves a file, and resolves with that file. */
  readonly savedBy: (ask: () => Promise<void>) => Promise<SavedFile>;
  /** The addresses the app has opened in the user's browser, oldest first. None is really opened. */
  readonly openedOutside: () => Promise<readonly string[]>;
  /** Ends it as a user would and waits until it has ended. */
  readonly stop: () => Promise<void>;
  readonly process: ChildProcess;
  /** Only with the stand-in. */
  readonly standIn?: StandInDesktop;
  /** Only with Electron itself. */
  readonly electron?: ElectronApplication;
}

export interface SavedFile {
  readonly name: string;
  readonly text: string;
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
  if (process.env['GANTRY_ELECTRON'] === undefined)
    return process.env['GANTRY_NO_ELECTRON'] ?? 'run it by `npm run e2e`, which finds Electron';
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
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--confirm-in-page', ...(options.args ?? [])], {
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
  const opened: string[] = [];
  await page.exposeFunction('reportOpened', (url: string) => void opened.push(url));
  await page.addInitScript(() => {
    window.open = (url) => {
      void Reflect.get(window, 'reportOpened')(String(url));
      return null;
    };
  });
  await page.goto(address);
  return {
    page,
    process: child,
    openedOutside: () => Promise.resolve(opened),
    savedBy: (ask) => downloadedBy(page, ask),
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
    openedOutside: () =>
      Promise.resolve(standIn.calls.filter(({ name }) => name === 'shell.openExternal').map(({ args }) => String(args[0]))),
    savedBy: (ask) => downloadedBy(standIn.page, ask),
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

/** How Electron is started with the built app. */
export function electronCommand(options: Omit<LaunchOptions, 'context'>) {
  return {
    executablePath: process.env['GANTRY_ELECTRON'] ?? '',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT, ...(options.args ?? [])],
    env: { ...environment(options), ...displayEnvironment() },
  };
}

export async function launchElectron(options: Omit<LaunchOptions, 'context'>): Promise<RunningHost> {
  const electron = await _electron.launch(electronCommand(options));
  const page = await electron.firstWindow();
  const saveDir = join(options.home, 'saved');
  await electron.evaluate(({ dialog, session, shell }, folder) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
    const opened: string[] = [];
    const saved: string[] = [];
    Object.assign(globalThis, { opened, saved });
    shell.openExternal = (url) => Promise.resolve(void opened.push(url));
    // A download with a path opens no dialog.
    session.defaultSession.on('will-download', (_event, item) => {
      const name = item.getFilename();
      item.setSavePath(`${folder}/${name}`);
      item.once('done', () => void saved.push(name));
    });
  }, saveDir);
  const recorded = (list: 'opened' | 'saved') => electron.evaluate((_electron, name) => Reflect.get(globalThis, name) as string[], list);
  return {
    page,
    electron,
    process: electron.process(),
    openedOutside: () => recorded('opened'),
    savedBy: async (ask) => {
      const before = (await recorded('saved')).length;
      await ask();
      await expect.poll(async () => (await recorded('saved')).length).toBeGreaterThan(before);
      const name = (await recorded('saved')).at(-1) ?? '';
      return { name, text: await readFile(join(saveDir, name), 'utf8') };
    },
    chooseFolder: async (path, ask) => {
      await electron.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, path);
      await ask();
    },
    stop: () => electron.close(),
  };
}

async function downloadedBy(page: Page, ask: () => Promise<void>): Promise<SavedFile> {
  const [download] = await Promise.all([page.waitForEvent('download'), ask()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

/** XAUTHORITY names the key of a display that xvfb-run has opened. */
function displayEnvironment(): Record<string, string> {
  return Object.fromEntries(['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'].map((name) => [name, process.env[name] ?? '']));
}

function end(child: ChildProcess, ask: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    ask();
  });
}
