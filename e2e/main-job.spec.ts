import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from './support/fixtures.ts';
import { call, say } from './support/scripted-model.ts';

/** Prints until a file named `stop` appears. */
const LOOP = 'i=0; while [ ! -e stop ]; do i=$((i+1)); echo "tick $i"; sleep 0.02; done; echo "the loop is done"';

const terminal = (page: Page) => page.getByLabel(/^Terminal: /).last();
const panel = (page: Page) => page.getByRole('complementary', { name: 'Tasks and plan' });
const taskRow = (page: Page) => panel(page).getByRole('option').first();

async function playFix({ projectDir, model }: Gantry): Promise<void> {
  const path = join(projectDir, 'greeting.js');
  await writeFile(path, "export const greeting = 'Helo';\nexport const name = 'lighthouse';\n");
  model.play({
    'Fix the greeting': [
      call('list_directory', { path: projectDir }),
      call('read_file', { file_path: path }),
      call('edit', { file_path: path, old_string: "'Helo'", new_string: "'Hello'" }),
      say('The greeting is **fixed**.'),
    ],
    'Watch the light': [
      call('run_shell_command', { command: LOOP, is_background: false, description: 'Watch the light' }),
      say('The watch goes on in the background.'),
    ],
    'What is new': [say('Nothing is new while the watch goes on.')],
  });
}

test('the agent reads and edits: the diff is shown, and nothing is written before approval', async ({ gantry }) => {
  await playFix(gantry);
  const path = join(gantry.projectDir, 'greeting.js');
  await gantry.openProject();
  await gantry.prompt('Fix the greeting');
  await expect(gantry.approval()).toContainText('Hello');
  expect(await readFile(path, 'utf8')).toContain('Helo');
  await gantry.allow();
  await expect(gantry.page.getByText('The greeting is fixed.')).toBeVisible();
  expect(await readFile(path, 'utf8')).toContain('Hello');
});

test('a denied edit changes nothing, and the note reaches the model', async ({ gantry }) => {
  await playFix(gantry);
  await gantry.openProject();
  await gantry.prompt('Fix the greeting');
  await gantry.answerWhenReady('Deny with note');
  await gantry.page.getByRole('textbox', { name: 'Note to the agent' }).fill('Leave it as it is');
  await gantry.page.getByRole('textbox', { name: 'Note to the agent' }).press('Enter');
  await expect(gantry.page.getByText('The greeting is fixed.')).toBeVisible();
  expect(await readFile(join(gantry.projectDir, 'greeting.js'), 'utf8')).toContain('Helo');
  expect(JSON.stringify(gantry.model.requests.at(-1)?.messages)).toContain('Leave it as it is');
});

test('a command is a live terminal that moves to the background while it prints, survives a reload and ends with its exit code', async ({
  gantry,
}) => {
  await playFix(gantry);
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('Watch the light');
  await gantry.allow();
  await expect(terminal(page)).toContainText(/tick \d+/);

  await page.keyboard.press('Control+b');
  await expect(page.getByText('The watch goes on in the background.')).toBeVisible();
  await gantry.prompt('What is new');
  await expect(page.getByText('Nothing is new while the watch goes on.')).toBeVisible();
  await expect(page.getByRole('button', { name: '1 running' })).toBeVisible();

  await gantry.showTasks();
  await taskRow(page).click();
  await expect(terminal(page)).toContainText(/tick \d+/);

  await page.reload();
  await gantry.showTasks();
  await taskRow(page).click();
  await expect(terminal(page)).toContainText(/tick \d{2,}/);

  await writeFile(join(gantry.projectDir, 'stop'), '');
  await expect(terminal(page)).toContainText('the loop is done');
  await expect(taskRow(page)).toContainText(/completed|exit code 0|exited 0/i);
});

test('a background task is stopped by its button, and a restart shows the complete session', async ({ gantry }) => {
  await playFix(gantry);
  await gantry.openProject();
  await gantry.prompt('Fix the greeting');
  await gantry.allow();
  await expect(gantry.page.getByText('The greeting is fixed.')).toBeVisible();
  await gantry.prompt('Watch the light');
  await gantry.allow();
  await gantry.page.getByRole('button', { name: 'Move to background' }).click();
  await gantry.showTasks();
  await taskRow(gantry.page).click();
  await panel(gantry.page).getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(taskRow(gantry.page)).toContainText(/stopped|cancelled/i);
  await expect(gantry.page.getByText('The watch goes on in the background.')).toBeVisible();

  await gantry.restart();
  const { page } = gantry;
  await page
    .getByRole('button', { name: /Fix the greeting/ })
    .first()
    .click();
  await expect(page.getByText('The greeting is fixed.')).toBeVisible();
  await expect(page.getByText('The watch goes on in the background.')).toBeVisible();
});
