import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { electronOf, onlyInElectron } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

const PLACE = { x: 60, y: 70, width: 900, height: 600 };

const move = (gantry: Gantry) =>
  electronOf(gantry).evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), PLACE);

const bounds = (gantry: Gantry) => electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());

async function stored({ home }: Gantry): Promise<unknown> {
  for await (const path of glob(`${home}/.config/*/desktop.json`))
    return (JSON.parse(await readFile(path, 'utf8')) as { place?: unknown }).place;
  return undefined;
}

test('the place of the window is kept when the app is quit', async ({ gantry }) => {
  await expect(gantry.page.getByRole('main')).toBeVisible();
  await move(gantry);
  await gantry.restart(); // quits, as the menu does
  expect(await bounds(gantry)).toEqual(PLACE);
});

test('the place of the window is kept when the app is killed a moment after the change', async ({ gantry }) => {
  await expect(gantry.page.getByRole('main')).toBeVisible();
  await move(gantry);
  await expect.poll(() => stored(gantry)).toMatchObject(PLACE);
  const gone = once(gantry.host.process, 'exit');
  gantry.host.process.kill('SIGKILL');
  await gone;
  await gantry.restart();
  expect(await bounds(gantry)).toEqual(PLACE);
});

const isMaximized = (gantry: Gantry) => electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMaximized());

test('a maximized window returns to its normal size after two starts', async ({ gantry }) => {
  test.skip(process.platform === 'linux' && spawnSync('which', ['openbox']).status !== 0, 'not installed: openbox');
  const manager = process.platform === 'linux' ? spawn('openbox', { stdio: 'ignore' }) : undefined; // ends at once beside another one
  try {
    await expect(gantry.page.getByRole('main')).toBeVisible();
    await move(gantry);
    await expect.poll(() => stored(gantry)).toMatchObject(PLACE);
    await expect
      .poll(async () => {
        await electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.maximize());
        return isMaximized(gantry);
      })
      .toBe(true);
    for (const _start of [1, 2]) {
      await gantry.restart();
      await expect(gantry.page.getByRole('main')).toBeVisible();
      await expect.poll(() => isMaximized(gantry)).toBe(true);
      await expect.poll(() => stored(gantry)).toMatchObject({ ...PLACE, maximized: true });
    }
    await electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.unmaximize());
    await expect.poll(() => isMaximized(gantry)).toBe(false);
    await expect.poll(() => bounds(gantry)).toMatchObject({ width: PLACE.width, height: PLACE.height });
  } finally {
    manager?.kill();
  }
});
