import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousFaults } from '../support/axe.ts';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';

const COMMAND = 'echo lit > lamp.txt && echo "the lamp is lit"';
const RUN_NOW = 'Run now and continue';

const transcript = (page: Page) => page.getByRole('log');
const toolRow = (page: Page) => transcript(page).locator('[data-index]').filter({ hasText: 'echo lit' });
const lamp = ({ projectDir }: Gantry) => join(projectDir, 'lamp.txt');

/** The app is killed while an approval is pending, and the session is opened again. */
async function killWhileAsked(gantry: Gantry): Promise<void> {
  gantry.model.play({
    'Make it bright': [call('run_shell_command', { command: COMMAND, is_background: false, description: 'Light the lamp' })],
    'Interrupted call': [say('It is bright now.')], // the message to the model after the restart
    'What now': [say('We wait for the morning.')],
  });
  await gantry.openProject();
  await gantry.prompt('Make it bright');
  await expect(gantry.approval()).toContainText('echo lit');

  const { process } = gantry.host;
  const gone = once(process, 'exit');
  process.kill('SIGKILL');
  await gone;
  await gantry.restart();
  await gantry.page
    .getByRole('button', { name: /Make it bright/ })
    .first()
    .click();
  await expect(gantry.approval()).toContainText('echo lit');
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test('an approval that was pending at a kill of the app is requested again, and its call runs only when the user allows it', async ({
  gantry,
}) => {
  await killWhileAsked(gantry);
  const { page } = gantry;
  const card = gantry.approval();
  await expect(card).toContainText('Gantry closed while this was waiting for your approval. Nothing was run.');
  await expect(card.getByRole('button', { name: /^Allow|^Always/ })).toHaveCount(0); // it is about this call only
  await expect(toolRow(page)).toContainText('approval needed');
  expect(await exists(lamp(gantry))).toBe(false);
  const asked = gantry.model.requests.length;

  await gantry.answerWhenReady(RUN_NOW);
  await expect(transcript(page).getByText('It is bright now.')).toBeVisible();
  await expect(card).toBeHidden();
  expect(await readFile(lamp(gantry), 'utf8')).toBe('lit\n');
  await expect(toolRow(page)).toHaveCount(1);
  await expect(toolRow(page)).not.toContainText(/approval needed|cancelled/);
  await expect(page.getByText('The last turn did not finish.')).toBeHidden();
  // The model is notified once more, with the output of the command.
  expect(gantry.model.requests).toHaveLength(asked + 1);
  expect(JSON.stringify(gantry.model.requests.at(-1)?.messages)).toContain('the lamp is lit');
});

test('an approval that was pending at a kill of the app can be denied, and the session continues', async ({ gantry }) => {
  await killWhileAsked(gantry);
  await gantry.answerWhenReady('Deny');
  await expect(gantry.approval()).toBeHidden();
  await gantry.prompt('What now');
  await expect(transcript(gantry.page).getByText('We wait for the morning.')).toBeVisible();
  expect(await exists(lamp(gantry))).toBe(false);

  await gantry.restart();
  await gantry.page
    .getByRole('button', { name: /Make it bright/ })
    .first()
    .click();
  await expect(transcript(gantry.page).getByText('We wait for the morning.')).toBeVisible();
  await expect(gantry.approval()).toBeHidden();
});

test('the card can be read and answered in both themes and in a small window', async ({ gantry }) => {
  await killWhileAsked(gantry);
  const { page } = gantry;
  for (const size of [
    { width: 1280, height: 800 },
    { width: 760, height: 520 },
  ]) {
    await page.setViewportSize(size);
    const where = `${size.width} x ${size.height}`;
    for (const name of [RUN_NOW, 'Deny', 'Deny with note'])
      await expect(gantry.approval().getByRole('button', { name, exact: true }), where).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('textbox', { name: 'Message' }), where).toBeInViewport({ ratio: 1 });
    expect(await seriousFaults(page), where).toEqual([]);
  }
});
