import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

test.use({ connected: false });

const link = (url: string, text: string) => String.raw`\033]8;;${url}\033\\${text}\033]8;;\033\\\n`;
/** Links of every kind, a new title, and a text for the clipboard. */
const HOSTILE = `printf '${[
  link('javascript:document.title=document.domain', 'script-link'),
  link('file:///etc/passwd', 'file-link'),
  link('vscode://file/etc', 'program-link'),
  String.raw`javascript:alert(1) file:///etc/passwd plain-others\n`,
  link('https://example.com/osc8', 'good-link'),
  String.raw`https://example.com/plain\n`,
  String.raw`\033]0;pwned\007\033]2;pwned\007\033]52;c;cHduZWQ=\007`,
].join('')}'; echo printed; sleep 600`;

const row = (page: Page, text: string) => page.locator('.xterm-rows > div', { hasText: text }).first();

/** A click as a person makes it: the pointer moves, then presses. */
async function clickText(page: Page, text: string): Promise<void> {
  const box = await row(page, text).boundingBox();
  if (box === null) throw new Error(`no row with ${text}`);
  const [x, y] = [box.x + 20, box.y + box.height / 2];
  await page.mouse.move(x - 4, y);
  await page.mouse.move(x, y, { steps: 3 });
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await page.mouse.down();
  await page.mouse.up();
}

test('BT-30: command output can open only a web page, and only on click; title and clipboard stay unchanged', async ({
  gantry,
  hostKind,
}) => {
  await gantry.openProject();
  const { page } = gantry;
  const dialogs: string[] = [];
  page.on('dialog', async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  if (hostKind === 'server') await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard?.writeText('mine').catch(() => undefined));
  const opened = gantry.host.openedOutside;

  await gantry.prompt(`!${HOSTILE}`);
  await expect(row(page, 'printed')).toBeVisible();
  const title = await page.title();
  const address = page.url();
  const openByClick = async (text: string, url: string) =>
    expect(async () => {
      await clickText(page, text);
      expect((await opened()).at(-1)).toBe(url);
    }).toPass();
  expect(await opened()).toEqual([]);
  await openByClick('good-link', 'https://example.com/osc8');
  for (const text of ['script-link', 'file-link', 'program-link', 'plain-others'])
    for (let times = 0; times < 3; times += 1) await clickText(page, text);
  await openByClick('example.com/plain', 'https://example.com/plain'); // clicks still work

  expect(new Set(await opened())).toEqual(new Set(['https://example.com/osc8', 'https://example.com/plain']));
  expect([await page.title(), page.url(), dialogs]).toEqual([title, address, []]);
  expect(title).not.toContain('pwned');
  if (hostKind === 'server') expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
});
