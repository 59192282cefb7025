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
