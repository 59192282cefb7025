import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

const input = (page: Page) => page.getByRole('textbox', { name: 'Message' });

async function paste(page: Page, name: string, type: string, base64: string) {
  await input(page).evaluate(
    (field, file) => {
      const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], file.name, { type: file.type }));
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { name, type, base64 },
  );
}

test('@ finds a file by a few letters, the model reads it, and the row shows the typed text', async ({ gantry }) => {
  gantry.model.play({ Explain: [say('It retries.')] });
  await mkdir(join(gantry.projectDir, 'src', 'my notes'), { recursive: true });
  await writeFile(join(gantry.projectDir, 'src', 'my notes', 'retry.md'), 'Three times, then give up.');
  await writeFile(join(gantry.projectDir, '.gitignore'), 'dist/\n');
  await mkdir(join(gantry.projectDir, 'dist'));
  await writeFile(join(gantry.projectDir, 'dist', 'retry.js'), 'ignored');
  await gantry.openProject();
  const { page } = gantry;
  await input(page).pressSequentially('Explain @retr');
  await expect(page.getByRole('option')).toHaveText([/retry\.md/]);
  await page.keyboard.press('Enter');
  await expect(input(page)).toHaveValue('Explain @src/my\\ notes/retry.md ');
  await page.keyboard.press('Enter');
  await expect(page.getByText('It retries.')).toBeVisible();
  const log = page.getByRole('log');
  await expect(log.getByText('Explain @src/my\\ notes/retry.md')).toBeVisible();
  await expect(log.getByText('Three times, then give up.')).toBeHidden();
  expect(JSON.stringify(gantry.model.requests[0]?.messages)).toContain('Three times, then give up.');
});

test('a pasted image goes with the message and is still there after a restart', async ({ gantry }) => {
  gantry.model.play({ 'What is this': [say('A red dot.')] });
  await gantry.openProject();
  await input(gantry.page).focus();
  await paste(gantry.page, 'dot.png', 'image/png', PNG);
  await paste(gantry.page, 'notes.docx', 'application/msword', PNG);
  await expect(gantry.page.getByText(/notes\.docx is not an image/)).toBeVisible();
  await expect(gantry.page.getByRole('list', { name: 'Attachments' }).getByText('dot.png')).toBeVisible();
  await gantry.prompt('What is this?');
  await expect(gantry.page.getByText('A red dot.')).toBeVisible();
  await gantry.restart();
  const { page } = gantry;
  await page.getByRole('navigation', { name: 'Sessions' }).getByText('What is this?').click();
  await page.getByRole('button', { name: 'Show dot.png' }).click();
  await expect(page.getByRole('dialog').getByRole('img', { name: 'dot.png' })).toHaveAttribute('src', `data:image/png;base64,${PNG}`);
});

test('/ offers commands and runs them; an unknown command shows similar names and returns to the composer', async ({ gantry }) => {
  await gantry.openProject();
  const { page } = gantry;
  await input(page).pressSequentially('/too');
  await expect(page.getByRole('option').first()).toContainText('/tools');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').getByText('read_file').first()).toBeVisible();
  await gantry.prompt('/tolls');
  await expect(page.getByText(/\/tools/).last()).toBeVisible();
  await expect(input(page)).toHaveValue('/tolls');
});

test('while the agent works, Enter steers and Ctrl+Enter queues; queued messages can be edited', async ({ gantry }) => {
  const wait = 'while [ ! -e go ]; do sleep 0.05; done';
  gantry.model.play({ Begin: [call('run_shell_command', { command: wait, is_background: false })], 'mind the tabs': [say('Read both.')] });
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('Begin');
  await gantry.allow();
  await expect(page.getByLabel(/^Terminal: /)).toBeVisible();
  await gantry.prompt('mind the tabs');
  const queue = page.getByRole('list', { name: 'Queued messages' });
  await expect(queue.getByRole('listitem')).toHaveText([/mind the tabs.*next step/]);
  await input(page).fill('later');
  await input(page).press('ControlOrMeta+Enter');
  await expect(queue.getByRole('listitem')).toHaveCount(2);
  await queue.getByRole('listitem').filter({ hasText: 'later' }).getByRole('button', { name: 'Edit message' }).click();
  await expect(input(page)).toHaveValue('later');
  await expect(queue.getByRole('listitem')).toHaveCount(1);
  await writeFile(join(gantry.projectDir, 'go'), '');
  await expect(page.getByText('Read both.')).toBeVisible();
  await expect(queue).toBeHidden();
  expect(JSON.stringify(gantry.model.requests.at(-1)?.messages)).toContain('mind the tabs');
});

test("the command palette runs the window's actions by name", async ({ gantry }) => {
  await writeFile(join(gantry.projectDir, 'lamp.ts'), '');
  await gantry.openProject();
  const { page } = gantry;
  await expect(input(page)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+K');
  const palette = page.getByRole('dialog', { name: /Command palette/ });
  await palette.getByRole('combobox').fill('lamp');
  await palette.getByRole('option', { name: 'lamp.ts' }).click();
  await expect(input(page)).toHaveValue('@lamp.ts ');
  await page.keyboard.press('ControlOrMeta+K');
  await palette.getByRole('combobox').fill('theme light');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});
