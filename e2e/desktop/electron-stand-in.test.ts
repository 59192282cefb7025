import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const STAND_IN = new URL('./electron-stand-in.ts', import.meta.url).href;

/** Runs a line of code that has the stand-in as `electron`; resolves with what it threw. */
async function thrownBy(code: string): Promise<string> {
  const script = `import electron from ${JSON.stringify(STAND_IN)}; try { ${code}; console.log('nothing'); } catch (error) { console.log(error.message); } process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
  return stdout.trim();
}

test.each([
  ['electron.tray', 'electron.tray'],
  ['electron.app.dock', 'app.dock'],
  ['electron.dialog.showErrorBox("a", "b")', 'dialog.showErrorBox'],
  ['electron.BrowserWindow.getAllWindows()', 'BrowserWindow.getAllWindows'],
  ['new electron.BrowserWindow({}).setProgressBar(1)', 'BrowserWindow.setProgressBar'],
  ['new electron.BrowserWindow({}).webContents.executeJavaScript("1")', 'webContents.executeJavaScript'],
  ['electron.Notification.handleActivation(() => {})', 'Notification.handleActivation'],
  ['new electron.Notification({}).close()', 'Notification.close'],
  ['electron.session.defaultSession.clearCache()', 'session.defaultSession.clearCache'],
])('what the stand-in does not have throws by its name: %s', async (code, name) => {
  expect(await thrownBy(code)).toBe(`the stand-in for Electron has no ${name}`);
});

test('what it has does not throw', async () => {
  expect(await thrownBy('electron.app.getPath("userData"); new electron.BrowserWindow({}).show()')).toBe('nothing');
});
