import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { electronOf, onlyInElectron } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Drops a file or folder in the middle of an element, as the system does: Chromium itself decides what becomes of it. */
async function drop(page: Page, target: Locator, path: string): Promise<void> {
  const { x = 0, y = 0, width = 0, height = 0 } = (await target.boundingBox()) ?? {};
  const devTools = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devTools.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  await devTools.detach();
}

test('a folder dropped on the window is opened, a file gets an answer', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  const file = join(gantry.home, 'notes.txt');
  await writeFile(file, 'notes');
  await drop(page, page.getByRole('main'), file);
  await expect(page.getByText(`${file} is a file.`)).toBeVisible();

  const folder = join(gantry.home, 'dropped folder');
  await mkdir(folder);
  await drop(page, page.getByRole('main'), folder);
  await expect(page.getByRole('dialog', { name: /dropped folder/ })).toBeVisible();
  expect(await electronOf(gantry).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('in a session, a dropped image is attached wherever it falls, and a folder dropped on the message box is opened', async ({
  gantry,
}) => {
  const { page } = gantry;
  await gantry.openProject();
  const image = join(gantry.home, 'pixel.png');
  await writeFile(image, PIXEL);
  await drop(page, page.getByRole('main'), image);
  await expect(page.getByRole('list', { name: 'Attachments' })).toContainText('pixel.png');

  const folder = join(gantry.home, 'alpha');
  await mkdir(folder);
  await drop(page, page.getByRole('textbox', { name: 'Message' }), folder);
  await expect(page.getByRole('dialog', { name: /alpha/ })).toBeVisible();
});

test('the page itself opens no file', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  await page.evaluate((address) => void window.open(address), `file://${gantry.home}`);
  await electronOf(gantry).evaluate(() => undefined); // a request of the page has arrived by now
  await page.evaluate(() => undefined);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
