import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { say } from '../support/scripted-model.ts';

/** Prints its address, then prints until a file named `stop` appears. */
const SERVER = 'rm -f stop; echo "ready on http://localhost:4173/shop"; while [ ! -e stop ]; do echo tick; sleep 0.05; done; exit 3';

const panel = (page: Page) => page.getByRole('complementary', { name: 'Tasks and plan' });
const rows = (page: Page) => panel(page).getByRole('option');

test('!command runs without the agent, which receives it with the next message', async ({ gantry }) => {
  gantry.model.play({ 'What did I run': [say('You printed a greeting.')] });
  await gantry.openProject();
  const { page } = gantry;
  const input = page.getByRole('textbox', { name: 'Message' });
  await input.fill('!echo hello from the shell');
  await expect(page.getByText(/Runs in this folder without the agent/)).toBeVisible();
  await input.press('Enter');
  await expect(page.getByText('You ran')).toBeVisible();
  await expect(page.getByLabel(/^Output of /)).toHaveText(/hello from the shell/);
  expect(gantry.model.requests).toHaveLength(0);

  await input.press('ArrowUp');
  await expect(input).toHaveValue('!echo hello from the shell');
  await gantry.prompt('What did I run?');
  await expect(page.getByText('You printed a greeting.')).toBeVisible();
  expect(JSON.stringify(gantry.model.requests[0]?.messages)).toContain('hello from the shell');
});

test('a user command moves to the background, is run again when it has ended, and its output is saved', async ({ gantry }) => {
  gantry.model.play({ 'Go on': [say('I go on.')] });
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt(`!${SERVER}`);
  await expect(page.getByLabel(/^Terminal: /)).toContainText('tick');
  await gantry.prompt('Go on'); // waits for the command
  await page.getByRole('button', { name: 'Move to background' }).click();
  await expect(page.getByText('I go on.')).toBeVisible();

  await gantry.showTasks();
  await rows(page).first().click();
  await expect(panel(page).getByRole('button', { name: 'Open localhost:4173/shop in the browser' })).toBeVisible();
  await writeFile(join(gantry.projectDir, 'stop'), '');
  await expect(rows(page).first()).toContainText('exited 3');

  await panel(page).getByRole('button', { name: 'Run again' }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(panel(page).getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  await expect(panel(page).getByLabel(/^Terminal: /)).toContainText('tick');

  const saved = await gantry.host.savedBy(async () => {
    await panel(page).getByRole('button', { name: 'More for this task' }).click();
    await page.getByRole('menuitem', { name: 'Save output…' }).click();
  });
  expect(saved.name).toMatch(/^rm-f-stop.*bg_[0-9a-f]{8}\.txt$/);
  expect(saved.text).toMatch(/^ready on http:\/\/localhost:4173\/shop\ntick\n/);
});
