import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seriousFaults } from './support/axe.ts';
import { expect, test } from './support/fixtures.ts';

/** A new installation: no settings, no folder, no model. */
test.use({ connected: false });

test('the offline demo works without a key: it needs approval before it writes, and says that it is a demo', async ({ gantry }) => {
  const { page } = gantry;
  await page.getByRole('button', { name: 'Try the offline demo' }).click();
  await expect(page.getByText('Using Scripted demo')).toBeVisible();
  await gantry.openProject();
  await gantry.prompt('edit');
  await gantry.allow();
  await expect(page.getByRole('button', { name: /gantry-demo\.md/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Model: Scripted demo/ })).toBeVisible();
  const written = () => readFile(join(gantry.projectDir, 'gantry-demo.md'), 'utf8').catch(() => '');
  await expect.poll(written).toContain('Written by the offline demo');
});

test('a provider and its key are added, tested and used; the key is only where the user agreed to store it', async ({ gantry }) => {
  const { page } = gantry;
  const key = 'sk-test-0123456789-lighthouse';
  gantry.model.play({ 'Say hello': [] });
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('menuitem', { name: 'Custom provider' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Local');
  await page.getByRole('textbox', { name: 'Base URL' }).fill(gantry.model.baseUrl);
  await page.getByRole('textbox', { name: 'Key variable' }).fill('LIGHTHOUSE_KEY');
  await page.getByRole('button', { name: '+ Add model' }).click();
  await page.getByLabel('Model ID').fill('scripted');
  await page.getByLabel('Model ID').press('Enter');
  await page.getByLabel('API key').fill(key);
  const consent = page.getByRole('checkbox', { name: /Save keys as plain text/ });
  const hasKeyring = process.platform !== 'linux';
  if (hasKeyring) await expect(page.getByText('system keyring.')).toBeVisible();
  else {
    await expect(consent).not.toBeChecked();
    await consent.click();
    await expect(consent).toBeChecked(); // the host has answered
  }
  await page.getByRole('button', { name: 'Save and test' }).click();
  await expect(page.getByText('Works.')).toBeVisible();
  await expect(page.getByText('ends in ouse')).toBeVisible();
  expect(await page.content()).not.toContain(key);
  expect(await filesWith(gantry.home, key)).toEqual(hasKeyring ? [] : [join(gantry.home, '.gantry', 'keys.json')]);

  await page.keyboard.press('Escape');
  await gantry.openProject();
  await gantry.prompt('Say hello');
  await expect(page.getByText('Noted.')).toBeVisible();
});

test('an own server is connected with two pastes and five clicks up to the first answer', async ({ gantry }) => {
  const { page } = gantry;
  const key = 'sk-test-9876543210-lighthouse';
  const main = page.getByRole('main');
  let clicks = 0;
  const click = async (name: string) => {
    await main.getByRole('button', { name }).click();
    clicks += 1;
  };

  await expect(main.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  expect.soft(await seriousFaults(page), 'before').toEqual([]);
  await click('Custom provider (OpenAI-compatible)');
  await main.getByRole('textbox', { name: 'Server URL', exact: true }).fill(gantry.model.baseUrl);
  await main.getByLabel('API key').fill(key);
  // Only where there is no keyring: the click is the consent, and the user's decision.
  const consent = main.getByRole('checkbox', { name: /Save keys as plain text/ });
  if (process.platform === 'linux') {
    await consent.click();
    await expect(consent).toBeChecked();
  }
  await click('Connect');
  await expect(main.getByText('Saved. New sessions use gpt-4.')).toBeVisible();
  await expect(main.getByRole('checkbox', { name: 'Use gpt-4', exact: true })).toBeChecked();
  await expect(main.getByRole('checkbox', { name: 'Use text-embedding-3-small' })).toBeDisabled();
  expect(await page.content()).not.toContain(key);
  expect.soft(await seriousFaults(page), 'connected').toEqual([]);

  await gantry.host.chooseFolder(gantry.projectDir, () => click('Open folder')); // the click, and the choice in the dialog
  await page.getByRole('button', { name: 'Trust this folder' }).click();
  clicks += 2;
  expect(clicks).toBe(5);
  await gantry.prompt('Say hello');
  await expect(page.getByText('Noted.')).toBeVisible();
  expect(gantry.model.requests.at(-1)?.model).toBe('gpt-4');

  const settings = JSON.parse(await readFile(join(gantry.home, '.qwen', 'settings.json'), 'utf8'));
  expect(settings.modelProviders.openai).toMatchObject([{ id: 'gpt-4', baseUrl: gantry.model.baseUrl }]);
});

/** Paths below `folder` of the files that contain `text`. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])));
  return found.flat();
}
