/** What the menu says about the app itself: its versions, licences and log, and how to report a problem. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { app, type BrowserWindow, clipboard, dialog, shell } from 'electron';

export interface About {
  readonly showAbout: () => void;
  readonly showLicences: () => void;
  readonly showLog: () => void;
  readonly reportProblem: () => void;
}

export function createAbout(currentWindow: () => BrowserWindow | undefined, logPath: string): About {
  const ask = async (options: Electron.MessageBoxOptions): Promise<number> => {
    const window = currentWindow();
    const { response } = await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
    return response;
  };
  /** The first button closes; each other one does something. */
  const show = async (options: Electron.MessageBoxOptions, buttons: readonly (readonly [label: string, run: () => void])[]) => {
    const labels = ['Close', ...buttons.map(([label]) => label)];
    const response = await ask({ ...options, buttons: labels, defaultId: 0, cancelId: 0, noLink: true });
    buttons[response - 1]?.[1]();
  };
  const copyVersions = () => clipboard.writeText(`Gantry ${app.getVersion()}\n${versions()}`);
  const logButton = (): readonly (readonly [string, () => void])[] => (existsSync(logPath) ? [['Show the log', showLog]] : []);
  const showLog = () => shell.showItemInFolder(logPath);
  const showLicences = async () => {
    for (const path of licenceFiles()) {
      const problem = await shell.openPath(path);
      if (problem !== '')
        await ask({
          type: 'info',
          title: 'Licences',
          message: 'No program opened the licences',
          detail: `They are in ${path}. Open the file in an editor or a browser.\n\n${problem}`,
        });
    }
  };

  return {
    showAbout: () =>
      void show({ type: 'info', title: 'About Gantry', message: `Gantry ${app.getVersion()}`, detail: aboutText() }, [
        ['Copy', copyVersions],
        ['Licences', () => void showLicences()],
        ...logButton(),
      ]),
    showLicences: () => void showLicences(),
    showLog() {
      if (existsSync(logPath)) showLog();
      else void ask({ type: 'info', title: 'Log', message: 'There is no log', detail: `${logPath} could not be written.` });
    },
    reportProblem: () =>
      void show(
        {
          type: 'info',
          title: 'Report a problem',
          message: 'Report a problem with Gantry',
          detail: `Open an issue in the repository of Gantry. Say what you did, what you expected and what happened, and add these versions:\n\n${versions()}\n\nThe log may help. It holds no keys, but paths and commands: read it before you attach it.`,
        },
        [['Copy versions', copyVersions], ...logButton()],
      ),
  };
}

function aboutText(): string {
  return `A desktop coding agent.\nCopyright 2026 The Gantry authors. Apache License 2.0.\n\n${versions()}`;
}

function versions(): string {
  const { electron, chrome, node } = process.versions;
  return [`Electron ${electron}`, `Chromium ${chrome}`, `Node.js ${node}`, `${process.platform} ${release()} (${process.arch})`].join('\n');
}

/** Those of Gantry and the packages it ships, which the build has collected, and those of Electron and Chromium. */
function licenceFiles(): readonly string[] {
  const root = app.getAppPath().replace(/app\.asar$/, 'app.asar.unpacked'); // other programs cannot open a file inside the archive
  const installed = dirname(app.getPath('exe'));
  return [join(root, 'dist', 'licences.txt'), join(installed, 'LICENSES.chromium.html')].filter((path) => existsSync(path));
}
