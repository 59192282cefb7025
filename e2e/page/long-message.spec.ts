import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { chapter, startStreamingModel } from '../support/streaming-model.ts';

const transcript = (page: Page) => page.getByRole('log');
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Full answer' });

/** How much text the page contains. Unit: UTF-16 units. */
const shownChars = (page: Page) => page.evaluate(() => document.body.textContent.length);

async function writeSession({ home, projectDir }: Gantry, answer: string): Promise<void> {
  const chats = join(home, '.qwen', 'projects', projectDir.replace(/[^a-zA-Z0-9]/g, '-'), 'chats');
  const id = randomUUID();
  const record = (uuid: string, parentUuid: string | null, type: string, text: string) =>
    JSON.stringify({
      message: { role: type === 'user' ? 'user' : 'model', parts: [{ text }] },
      ...{ sessionId: id, timestamp: '2026-01-01T00:00:00.000Z', cwd: projectDir, version: '0.15.10', type, uuid, parentUuid },
    });
  const lines = [
    record('u1', null, 'user', 'Tell me everything'),
    record('a1', 'u1', 'assistant', answer),
    record('u2', 'a1', 'user', 'Thank you'),
  ];
  await mkdir(chats, { recursive: true });
  await writeFile(join(chats, `${id}.jsonl`), `${lines.join('\n')}\n`);
}

test('a session with an answer of 50 MB opens with its beginning, and the rest can be loaded', async ({ gantry }) => {
  const line = 'A line of the long answer, with some words in it.\n';
  await writeSession(gantry, `# The report\n\n${line.repeat(Math.ceil(50e6 / line.length))}\nThis is the very end.`);
  await gantry.openProject();
  const { page } = gantry;
  await page
    .getByRole('navigation', { name: 'Sessions' })
    .getByRole('button', { name: /^(idle|unread): Tell me everything/ })
    .click();
  await expect(transcript(page).getByText('Thank you')).toBeVisible({ timeout: 30_000 });
  await expect(transcript(page).getByText(/^First \d+ KB of \d+ MB$/)).toBeVisible();
  await expect(transcript(page).getByRole('heading', { name: 'The report' })).toHaveCount(1);
  expect(await shownChars(page)).toBeLessThan(100_000);
  await page.getByRole('button', { name: 'Show full text' }).click();
  await expect(dialog(page).getByText('A line of the long answer').first()).toBeVisible({ timeout: 120_000 });
  await dialog(page).getByRole('button', { name: 'Last page' }).click();
  await expect(dialog(page).getByLabel('Text', { exact: true })).toContainText('This is the very end.');
  expect(await shownChars(page)).toBeLessThan(250_000);
});

test('an endless answer is shown up to a limit while it streams, and can be read completely', async ({ gantry }) => {
  const model = await startStreamingModel((at) => (at < 60 ? chapter(at) : undefined));
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', name: 'Scripted', baseUrl: model.baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  await writeFile(join(gantry.home, '.qwen', 'settings.json'), JSON.stringify(settings));
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('Write a book');
  await expect(transcript(page).getByText(/^First \d+ KB of 9\d\d KB$/)).toBeVisible({ timeout: 30_000 });
  expect(await shownChars(page)).toBeLessThan(100_000);
  await page.getByRole('button', { name: 'Show full text' }).click();
  await dialog(page).getByRole('button', { name: 'Last page' }).click();
  await expect(dialog(page).getByLabel('Text', { exact: true })).toContainText('## Chapter 59');
  await model.stop();
});
