import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { say } from '../support/scripted-model.ts';
import { chooseForMessage, field, listed, openHistory, row, transcript } from '../support/session-list.ts';
import { chatsDir, writeSession } from '../support/stored-session.ts';

test('sessions are found by title and by their text, opened at the match, renamed, deleted and restored by keyboard', async ({
  gantry,
}) => {
  await writeSession(gantry, 'lighthouse', 40);
  await writeSession(gantry, 'harbour', 900);
  await gantry.openProject();
  const { page } = gantry;
  await openHistory(page);
  await expect(row(page, 'Question 0 of harbour')).toBeVisible();
  await expect(page.getByText('2 sessions')).toBeVisible();

  // A row far above those that a session opens with.
  await page.keyboard.type('answer 21 of HARBOUR');
  await expect(page.locator('mark')).toHaveText('Answer 21 of harbour');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(transcript(page).getByText('Answer 21 of harbour.')).toBeInViewport();

  await openHistory(page);
  await expect(row(page, 'Question 0 of lighthouse')).toBeVisible();
  await row(page, 'Question 0 of lighthouse').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Keeper of the light');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Keeper of the light')).toBeVisible();

  await field(page).focus();
  await expect(row(page, 'Keeper of the light')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Delete');
  await expect(row(page, 'Keeper of the light')).toBeHidden();
  await page.getByRole('button', { name: 'Undo: restore Keeper of the light' }).click();
  await expect(row(page, 'Keeper of the light')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(transcript(page)).toBeVisible();
});

test('a message can be edited and sent again, or branched from, and the branch shows its origin', async ({ gantry }) => {
  gantry.model.play({
    'Paint it red': [say('It is red.')],
    'Paint it blue': [say('It is blue.')],
    'And the door?': [say('The door too.')],
  });
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('Paint it red');
  await expect(page.getByText('It is red.')).toBeVisible();
  await gantry.prompt('And the door?');
  await expect(page.getByText('The door too.')).toBeVisible();

  await chooseForMessage(page, 'And the door?', 'Branch from here');
  await expect(page.getByText('Branched from “Paint it red”')).toBeVisible();
  const composer = page.getByRole('textbox', { name: 'Message' });
  await expect(composer).toHaveValue('And the door?');
  await expect(transcript(page).getByText('It is red.')).toBeVisible();
  await expect(page.getByText('The door too.')).toBeHidden();

  await page.getByRole('button', { name: 'Open original' }).click();
  await expect(page.getByText('The door too.')).toBeVisible();
  await chooseForMessage(page, 'Paint it red', 'Edit and resend…');
  await expect(page.getByRole('dialog')).toContainText('2 messages from you, 2 answers');
  await page.getByRole('button', { name: 'Rewind and edit' }).click();
  await expect(composer).toHaveValue('Paint it red');
  await expect(page.getByText('The door too.')).toBeHidden();
  await composer.fill('Paint it blue');
  await composer.press('Enter');
  await expect(page.getByText('It is blue.')).toBeVisible();
  expect(JSON.stringify(gantry.model.requests.at(-1)?.messages)).not.toContain('Paint it red');
});

test('a session is exported from its menu', async ({ gantry }) => {
  await writeSession(gantry, 'lighthouse', 6);
  await gantry.openProject();
  const { page } = gantry;
  const saved = await gantry.host.savedBy(async () => {
    await listed(page, 'Question 0 of lighthouse').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Markdown' }).click();
  });
  expect(saved.name).toMatch(/\.md$/);
  expect(saved.text).toContain('Answer 5 of lighthouse.');
});

test('a session that another program has open is read-only, and can be written once that program has ended', async ({ gantry }) => {
  const id = await writeSession(gantry, 'lighthouse', 6);
  const lease = (pid: number) =>
    writeFile(
      join(chatsDir(gantry), `${id}.gantry-lease.json`),
      JSON.stringify({ pid, token: 'other', host: 'elsewhere', startedAtMs: Date.now() }),
    );
  await lease(process.pid);
  await gantry.openProject();
  const { page } = gantry;
  await openHistory(page);
  await expect(row(page, 'Question 0 of lighthouse')).toContainText('open in another program (elsewhere)');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/open in another program \(elsewhere, process \d+\)/)).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(/^The session is still open in elsewhere/)).toBeVisible();
  await lease(2 ** 22 + 1); // above the largest pid
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
});
