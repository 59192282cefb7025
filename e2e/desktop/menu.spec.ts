import { readFile } from 'node:fs/promises';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';
import { electronOf, onlyInElectron, recordDialogs } from './in-electron.ts';

onlyInElectron();

/** Records where the menu is opened; the system's own would wait for the user. */
async function recordMenu(gantry: Gantry) {
  const electron = electronOf(gantry);
  await electron.evaluate(({ Menu }) => {
    const opened: unknown[] = [];
    Reflect.set(globalThis, 'openedMenus', opened);
    const menu = Menu.getApplicationMenu();
    if (menu !== null) menu.popup = (options) => void opened.push({ x: options?.x, y: options?.y });
  });
  return () => electron.evaluate(() => Reflect.get(globalThis, 'openedMenus') as { x: number; y: number }[]);
}

const labels = (gantry: Gantry) =>
  electronOf(gantry).evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? []).map(({ label, submenu }) => [
      label,
      ...(submenu?.items ?? []).filter(({ visible, type }) => visible && type !== 'separator').map((item) => item.label),
    ]),
  );

const choose = (gantry: Gantry, label: string) =>
  electronOf(gantry).evaluate(({ Menu }, wanted) => {
    const items = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
    items.find((item) => item.label === wanted)?.click();
  }, label);

const zoomLevel = (gantry: Gantry) =>
  electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel());

test('a button in the title bar and the Alt key open the menu below it', async ({ gantry }) => {
  test.skip(process.platform === 'darwin', 'macOS has a menu bar');
  const { page } = gantry;
  const opened = await recordMenu(gantry);
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await expect.poll(opened).toHaveLength(1);
  await page.keyboard.press('Alt');
  await expect.poll(opened).toHaveLength(2);
  await page.keyboard.press('Alt+x');
  await page.keyboard.press('Alt');
  await expect.poll(opened).toHaveLength(3);
  const [first, ...others] = await opened();
  expect(others).toEqual([first, first]);

  const menus = await labels(gantry);
  expect(menus.map(([name]) => name)).toEqual(['File', 'Edit', 'View', 'Window', 'Help']);
  expect(menus[2]).toEqual(expect.arrayContaining(['Tasks', 'Zoom In', 'Zoom Out', 'Actual Size']));
  expect(menus[4]).toEqual(['Help', 'Show Log in Folder', 'Report a Problem…', 'Licences', 'About Gantry']);
});

test('About names the versions and offers licences and log, and a problem can be reported', async ({ gantry }) => {
  const shown = await recordDialogs(gantry, 0);
  await choose(gantry, 'About Gantry');
  await choose(gantry, 'Report a Problem…');
  await expect.poll(async () => (await shown()).length).toBe(2);
  const [about, report] = await shown();
  expect(about?.detail).toMatch(/Electron \d+\..*Chromium \d+\..*Node\.js \d+\./s);
  expect(about).toMatchObject({ title: 'About Gantry', buttons: ['Close', 'Copy', 'Licences', 'Show the log'] });
  expect(report?.buttons).toEqual(['Close', 'Copy versions', 'Show the log']); // the log exists from the start

  const electron = electronOf(gantry);
  await electron.evaluate(({ shell }) => {
    const opened: string[] = [];
    Reflect.set(globalThis, 'openedFiles', opened);
    shell.openPath = (path) => Promise.resolve(String(opened.push(path) && ''));
  });
  await choose(gantry, 'Licences');
  const opened = () => electron.evaluate(() => Reflect.get(globalThis, 'openedFiles') as string[]);
  await expect.poll(opened).toContainEqual(expect.stringMatching(/licences\.txt$/));
  const [path = ''] = await opened();
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(/^gantry .* \(Apache-2\.0\)/);
  for (const name of ['react', 'node-pty', '@xterm/xterm', '@fontsource-variable/inter'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
});

test('every usual key zooms, and the title bar follows', async ({ gantry }) => {
  await expect(gantry.page.getByRole('main')).toBeVisible();
  const electron = electronOf(gantry);
  await electron.evaluate(({ BrowserWindow }) => {
    const heights: number[] = [];
    Reflect.set(globalThis, 'overlayHeights', heights);
    const [window] = BrowserWindow.getAllWindows();
    if (window !== undefined) window.setTitleBarOverlay = ({ height = 0 }) => void heights.push(height);
  });
  // Keys of a test do not reach the menu: the system's do, so the menu is asked which ones it takes.
  const press = (key: string) =>
    electron.evaluate(({ Menu }, wanted) => {
      const items = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
      const found = items.filter(({ accelerator }) => accelerator === wanted);
      for (const item of found) item.click();
      return found.length;
    }, key);
  for (const [key, level] of [
    ['CmdOrCtrl+Plus', 0.5],
    ['CmdOrCtrl+=', 1],
    ['CmdOrCtrl+numadd', 1.5],
    ['CmdOrCtrl+-', 1],
    ['CmdOrCtrl+numsub', 0.5],
    ['CmdOrCtrl+num0', 0],
    ['CmdOrCtrl+numadd', 0.5],
    ['CmdOrCtrl+0', 0],
  ] as const) {
    expect([key, await press(key), await zoomLevel(gantry)]).toEqual([key, 1, level]);
  }
  if (process.platform === 'darwin') return; // the system draws other buttons
  expect(await electron.evaluate(() => Reflect.get(globalThis, 'overlayHeights'))).toEqual([43, 47, 52, 47, 43, 39, 43, 39]);
});

test("the window's buttons are as dark as the page behind a dialog", async ({ gantry }) => {
  test.skip(process.platform === 'darwin', 'the page of macOS has no dialog there');
  const { page } = gantry;
  const electron = electronOf(gantry);
  await expect(page.getByRole('button', { name: 'Menu', exact: true })).toBeVisible();
  await electron.evaluate(({ BrowserWindow }) => {
    const colours: unknown[] = [];
    Reflect.set(globalThis, 'overlayColours', colours);
    const [window] = BrowserWindow.getAllWindows();
    if (window !== undefined) window.setTitleBarOverlay = ({ color }) => void colours.push(color);
  });
  const colours = () => electron.evaluate(() => Reflect.get(globalThis, 'overlayColours') as string[]);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect.poll(colours).toHaveLength(1);
  await page.keyboard.press('Escape');
  await expect.poll(colours).toHaveLength(2);
  const isDark = await electron.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors);
  expect(await colours()).toEqual(isDark ? ['#080809', '#101012'] : ['#b7b7b8', '#f4f4f5']);
});

test('closing the window asks while the agent works, and closes nothing if the answer is no', async ({ gantry }) => {
  gantry.model.play({ 'Wait for me': [call('run_shell_command', { command: 'touch here' }), say('Done.')] });
  await gantry.openProject();
  const shown = await recordDialogs(gantry, 1);
  await gantry.prompt('Wait for me');
  await expect(gantry.approval()).toBeVisible(); // the turn waits
  await electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()); // as Ctrl+W does
  await expect.poll(shown).toMatchObject([{ message: 'The agent is still working', buttons: ['Interrupt and quit', 'Cancel'] }]);
  await gantry.allow();
  await expect(gantry.page.getByText('Done.')).toBeVisible();
});
