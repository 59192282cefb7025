import { type ChildProcess, execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { ToMain, ToTest } from './wire.ts';

const run = promisify(execFile);
const STAND_IN = new URL('./electron-stand-in.ts', import.meta.url).href;

/** Runs a line of code with the stand-in as `electron`; resolves with the error it threw. */
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
])('a missing member of the stand-in throws with its name: %s', async (code, name) => {
  expect(await thrownBy(code)).toBe(`the stand-in for Electron has no ${name}`);
});

test('the members of the stand-in do not throw', async () => {
  expect(await thrownBy('electron.app.getPath("userData"); new electron.BrowserWindow({}).show()')).toBe('nothing');
});

let main: ChildProcess | undefined;
afterEach(() => void main?.kill());

/** A window with the app's own page health checks, over the stand-in. */
async function openWindow() {
  const messages: ToTest[] = [];
  const child = fork(new URL('./run-main.ts', import.meta.url), [new URL('./page-health.fixture.ts', import.meta.url).pathname], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  main = child;
  child.on('message', (message) => void messages.push(message as ToTest)); // the stand-in is always the other end
  await expect.poll(() => messages.map(({ t }) => t)).toEqual(['window']);
  const send = (message: ToMain) => void child.send(message);
  const questions = () => messages.filter((message) => message.t === 'ask');
  return { messages, send, questions };
}

test('a page that hangs raises a question, and is reloaded if the user chooses it', async () => {
  const { messages, send, questions } = await openWindow();
  send({ t: 'hangs', windowId: 1, hangs: true });
  await expect.poll(questions).toMatchObject([{ args: [{ message: 'The window does not answer', buttons: ['Wait', 'Load again'] }] }]);
  send({ t: 'answer', askId: questions()[0]?.askId ?? 0, value: { response: 1, checkboxChecked: false } });
  await expect.poll(() => messages.at(-1)?.t).toBe('load');
});

test('the question about a page that hangs disappears when the page responds, and may appear again', async () => {
  const { messages, send, questions } = await openWindow();
  send({ t: 'hangs', windowId: 1, hangs: true });
  send({ t: 'hangs', windowId: 1, hangs: false });
  await expect.poll(() => messages.at(-1)).toMatchObject({ name: 'dialog.closed', args: ['The window does not answer'] });
  send({ t: 'hangs', windowId: 1, hangs: true });
  await expect.poll(() => questions().length).toBe(2);
  expect(messages.map(({ t }) => t)).not.toContain('load');
});
