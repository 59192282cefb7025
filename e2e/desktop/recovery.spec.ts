import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { electronOf, onlyInElectron } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

/** The text of the page, read by the main process: after a crash Playwright has no page any more. */
const pageText = (gantry: Gantry) =>
  electronOf(gantry).evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText') as Promise<string> | undefined,
  );

const processOf = (gantry: Gantry, type: string) =>
  electronOf(gantry).evaluate(({ app }, wanted) => app.getAppMetrics().find((metric) => metric.type === wanted)?.pid, type);

async function watchCommand(gantry: Gantry): Promise<void> {
  await gantry.openProject();
  await gantry.prompt('!echo "the lamp is lit"; sleep 600');
  await gantry.page.getByRole('button', { name: 'Move to background' }).click();
  await gantry.showTasks();
  await expect(gantry.page.getByRole('listbox', { name: 'Tasks' }).getByRole('option')).toContainText('the lamp is lit');
}

test('a page that crashes is loaded again, with its session and its running command', async ({ gantry }) => {
  await watchCommand(gantry);
  const crashed = gantry.page.waitForEvent('crash');
  await electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await crashed;
  await expect.poll(() => pageText(gantry).catch(() => '')).toContain('the lamp is lit');
});

test('the window stays usable when the process that draws it is killed', async ({ gantry }) => {
  await watchCommand(gantry);
  const before = await processOf(gantry, 'GPU');
  test.skip(before === undefined, 'this Electron draws without a process of its own');
  process.kill(before ?? 0, 'SIGKILL');
  await expect.poll(() => processOf(gantry, 'GPU')).not.toBe(before);
  // Chromium drops keys until the window is drawn again.
  await expect(async () => {
    await gantry.prompt('!echo "the door is red"');
    await expect(gantry.page.getByText('the door is red', { exact: true }).first()).toBeVisible({ timeout: 5000 });
  }).toPass();
});

test('a command that ends while the window is not focused is notified once, and a click shows its task', async ({ gantry }) => {
  const { page } = gantry;
  const electron = electronOf(gantry);
  await electron.evaluate(({ BrowserWindow, Notification }) => {
    const shown: Electron.Notification[] = [];
    Object.assign(globalThis, { shown });
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push(this);
    };
    Notification.isSupported = () => true; // also without a message bus
    BrowserWindow.prototype.isFocused = () => false; // without a window manager no window has the focus, or loses it
  });
  const notified = () =>
    electron.evaluate(() => (Reflect.get(globalThis, 'shown') as Electron.Notification[]).map(({ title, body }) => ({ title, body })));
  await gantry.openProject();
  await gantry.prompt('!while [ ! -e first ]; do sleep 0.05; done; exit 4');
  await page.getByRole('button', { name: 'Move to background' }).click();
  await gantry.showTasks();
  await writeFile(join(gantry.projectDir, 'first'), '');
  await expect
    .poll(notified)
    .toEqual([{ title: 'A background command has failed', body: 'while [ ! -e first ]; do sleep 0.05; done; exit 4\nExited with code 4' }]);
  await page.getByRole('button', { name: 'Close panel' }).click();
  await electron.evaluate(() => (Reflect.get(globalThis, 'shown') as Electron.Notification[])[0]?.emit('click'));
  await expect(page.getByRole('option', { selected: true })).toContainText('first');
});

test('the theme of the settings is the theme of the window, also after a restart', async ({ gantry }) => {
  const theme = () => electronOf(gantry).evaluate(({ nativeTheme }) => nativeTheme.themeSource);
  await gantry.openProject();
  await gantry.page.keyboard.press('Control+,');
  await gantry.page.getByRole('button', { name: 'Appearance' }).click();
  await gantry.page.getByRole('radio', { name: 'Light' }).click();
  await expect.poll(theme).toBe('light');
  await gantry.restart();
  await expect.poll(theme).toBe('light');
  expect(await gantry.page.evaluate(() => matchMedia('(prefers-color-scheme: light)').matches)).toBe(true);
});

test('the page gets no permission and no second window', async ({ gantry }) => {
  const { page } = gantry;
  const answers = await page.evaluate(async () => {
    const names = ['geolocation', 'camera', 'microphone', 'notifications', 'midi', 'clipboard-read', 'screen-wake-lock'];
    const states = names.map(async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state);
    return {
      states: [...new Set(await Promise.all(states))],
      place: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          ({ code, PERMISSION_DENIED }) => resolve(code === PERMISSION_DENIED ? 'denied' : code),
        );
      }),
      screen: await navigator.mediaDevices.getDisplayMedia().then(
        () => 'granted',
        () => 'refused',
      ),
      window: window.open('https://example.com'),
      node: typeof Reflect.get(window, 'require') + typeof Reflect.get(window, 'process'),
    };
  });
  expect(answers).toEqual({ states: ['denied'], place: 'denied', screen: 'refused', window: null, node: 'undefinedundefined' });
  expect(electronOf(gantry).windows()).toHaveLength(1);
});
