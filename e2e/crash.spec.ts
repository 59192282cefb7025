import { once } from 'node:events';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from './support/fixtures.ts';
import { call, say } from './support/scripted-model.ts';

// Two starts of the app, and running commands: this takes a while on a busy machine.
test.describe.configure({ timeout: 240_000 });
const PATIENT = { timeout: 60_000 };

const SERVE = 'echo "the lamp is lit"; sleep 300';
const TEST = 'echo "line one"; echo "line two"; sleep 300';

const transcript = (page: Page) => page.getByRole('log');
const queue = (page: Page) => page.getByRole('list', { name: 'Queued messages' });
const stopped = (page: Page) => transcript(page).getByText(/^Gantry ended unexpectedly/);

async function allowEverything({ home }: Gantry): Promise<void> {
  const path = join(home, '.qwen', 'settings.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), tools: { approvalMode: 'yolo' } }));
}

async function outputs({ home }: Gantry): Promise<string> {
  const texts: string[] = [];
  for await (const path of glob(`${home}/.qwen/tmp/*/background-shells/*/*.output`)) texts.push(await readFile(path, 'utf8'));
  return texts.join('');
}

async function killAndRestart(gantry: Gantry): Promise<void> {
  const { process } = gantry.host;
  const gone = once(process, 'exit');
  process.kill('SIGKILL');
  await gone;
  await gantry.restart();
}

/** A task and a foreground command run, two messages are queued, and another session was used before; then the app is killed. */
async function crash(gantry: Gantry): Promise<void> {
  await allowEverything(gantry);
  gantry.model.play({
    'Serve and test': [
      call('run_shell_command', { command: SERVE, is_background: true }),
      call('run_shell_command', { command: TEST, timeout: 300_000 }),
    ],
    'then this': [say('I have done that.')],
  });
  await gantry.openProject();
  await gantry.prompt('An older question');
  await expect(transcript(gantry.page).getByText('Noted.')).toBeVisible();
  await gantry.page.getByRole('button', { name: 'New session' }).first().click();
  await expect(gantry.page.getByRole('heading', { name: /What should Gantry do/ })).toBeVisible(); // the composer belongs to the new session
  await gantry.prompt('Serve and test');
  await expect.poll(() => outputs(gantry), PATIENT).toContain('line two');
  await gantry.prompt('mind the tabs');
  const box = gantry.page.getByRole('textbox', { name: 'Message' });
  await box.fill('then this');
  await box.press('Control+Enter');
  await expect(queue(gantry.page).getByRole('listitem')).toHaveText([/mind the tabs.*next step/, /then this.*after this turn/]);
  await killAndRestart(gantry);
}

test('after a kill the window opens its session, with queued messages, printed output and stopped commands', async ({ gantry }) => {
  await crash(gantry);
  const { page, model } = gantry;
  const asked = model.requests.length;
  await expect(transcript(page).getByText('Serve and test')).toBeVisible(PATIENT); // without a click
  await expect(queue(page).getByRole('listitem')).toHaveText([/mind the tabs.*not sent/, /then this.*not sent/]);
  await expect(stopped(page)).toHaveText(`Gantry ended unexpectedly. 2 commands were stopped: ${SERVE}, ${TEST}`);

  const row = transcript(page).locator('[data-index]').filter({ hasText: 'line one' }).filter({ hasNotText: 'Gantry ended unexpectedly' });
  await expect(row).toContainText('line two');
  await expect(row).toContainText('Ended with Gantry');
  await expect(row).toContainText('Gantry ended while the command ran');
  await gantry.showTasks();
  const tasks = page.getByRole('listbox', { name: 'Tasks' });
  await expect(tasks.getByRole('option')).toContainText('Ended with Gantry');
  await expect(tasks.getByRole('group', { name: 'Finished' })).toBeVisible();
  await expect(tasks.getByRole('group', { name: 'Needs attention' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /failed/ })).toHaveCount(0);
  expect(model.requests).toHaveLength(asked); // nothing is sent automatically

  await queue(page).getByRole('button', { name: 'Send then this' }).click();
  await expect(transcript(page).getByText('I have done that.')).toBeVisible(PATIENT);
  await expect(stopped(page)).toBeHidden();
  const sent = JSON.stringify(model.requests.at(-1)?.messages);
  expect(sent).toContain('Gantry ended while the command ran');
  expect(sent).toContain('line one\\nline two');
  await expect(queue(page).getByRole('listitem')).toHaveText([/mind the tabs.*not sent/]);
});

test('queued messages can be edited and removed after a kill, and other sessions do not show them', async ({ gantry }) => {
  await crash(gantry);
  const { page } = gantry;
  const row = (text: string) => queue(page).getByRole('listitem').filter({ hasText: text });
  await row('then this').getByRole('button', { name: 'Edit message' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('then this');
  await row('mind the tabs').getByRole('button', { name: 'Remove' }).click();
  await expect(queue(page)).toBeHidden();
  await expect(stopped(page)).toBeVisible();
  await page
    .getByRole('button', { name: /An older question/ })
    .first()
    .click();
  await expect(transcript(page).getByText('Noted.')).toBeVisible();
  await expect(stopped(page)).toHaveCount(0);

  await killAndRestart(gantry);
  await expect(transcript(gantry.page).getByText('Noted.')).toBeVisible();
  await gantry.page
    .getByRole('button', { name: /Serve and test/ })
    .first()
    .click();
  await expect(transcript(gantry.page).getByText('Serve and test')).toBeVisible();
  await expect(queue(gantry.page)).toBeHidden();
});
