import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from './support/fixtures.ts';
import { say } from './support/scripted-model.ts';

const LONG_MESSAGES = 10_000;

const chatsDir = ({ home, projectDir }: Gantry) => join(home, '.qwen', 'projects', projectDir.replace(/[^a-zA-Z0-9]/g, '-'), 'chats');

/** A session as Qwen Code writes it: questions and answers in turn. Returns its id. */
async function writeSession(gantry: Gantry, name: string, messages: number): Promise<string> {
  const sessionId = randomUUID();
  let parentUuid: string | null = null;
  const lines: string[] = [];
  for (let index = 0; index < messages; index += 1) {
    const isQuestion = index % 2 === 0;
    const text = isQuestion
      ? `Question ${index} of ${name}`
      : `Answer ${index} of ${name}.\n\n- one\n- two\n\n${'word '.repeat(index % 60)}`;
    const uuid = randomUUID();
    lines.push(
      JSON.stringify({
        uuid,
        parentUuid,
        sessionId,
        timestamp: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
        type: isQuestion ? 'user' : 'assistant',
        cwd: gantry.projectDir,
        version: '0.15.10',
        ...(isQuestion ? {} : { model: 'scripted' }),
        message: { role: isQuestion ? 'user' : 'model', parts: [{ text }] },
      }),
    );
    parentUuid = uuid;
  }
  await mkdir(chatsDir(gantry), { recursive: true });
  await writeFile(join(chatsDir(gantry), `${sessionId}.jsonl`), `${lines.join('\n')}\n`);
  return sessionId;
}

const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Sessions' });
const listed = (page: Page, title: string) => sidebar(page).getByRole('button', { name: new RegExp(`^(idle|unread): ${title}`) });
const row = (page: Page, text: string | RegExp) => page.getByRole('grid', { name: 'Sessions' }).getByRole('row').filter({ hasText: text });
const field = (page: Page) => page.getByRole('combobox', { name: /Search titles/ });
const transcript = (page: Page) => page.getByRole('log');

async function openHistory(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0); // its keys go first
  await page.keyboard.press('Control+Shift+F');
  await expect(field(page)).toBeFocused();
}

async function chooseForMessage(page: Page, message: string, item: string): Promise<void> {
  await transcript(page).getByText(message, { exact: true }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: item }).click();
}

/** What axe calls serious or worse, as `rule: where`. */
async function seriousFaults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

test('sessions are found by title and by what was said, opened there, renamed, deleted and brought back by keyboard', async ({
  gantry,
}) => {
  await writeSession(gantry, 'lighthouse', 40);
  await writeSession(gantry, 'harbour', 900);
  await gantry.openProject();
  const { page } = gantry;
  await openHistory(page);
  await expect(row(page, 'Question 0 of harbour')).toBeVisible();
  await expect(page.getByText('2 sessions')).toBeVisible();

  // A place far above what a session opens with.
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
  await page.getByRole('button', { name: 'Undo: bring back Keeper of the light' }).click();
  await expect(row(page, 'Keeper of the light')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(transcript(page)).toBeVisible();
});

test('a message can be edited and sent again, or branched from, and the branch says where it came from', async ({ gantry }) => {
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

  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByText('The door too.')).toBeVisible();
  await chooseForMessage(page, 'Paint it red', 'Edit and resend…');
  await expect(page.getByRole('dialog')).toContainText('2 messages of yours, 2 answers');
  await page.getByRole('button', { name: 'Rewind and edit' }).click();
  await expect(composer).toHaveValue('Paint it red');
  await expect(page.getByText('The door too.')).toBeHidden();
  await composer.fill('Paint it blue');
  await composer.press('Enter');
  await expect(page.getByText('It is blue.')).toBeVisible();
  expect(JSON.stringify(gantry.model.requests.at(-1)?.messages)).not.toContain('Paint it red');
});

test('a session is exported from its menu', async ({ gantry, hostKind }) => {
  test.skip(hostKind === 'desktop', "Electron asks with the system's dialog where to save it");
  await writeSession(gantry, 'lighthouse', 6);
  await gantry.openProject();
  const { page } = gantry;
  const saved = page.waitForEvent('download');
  await listed(page, 'Question 0 of lighthouse').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Markdown' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/\.md$/);
  expect(await readFile(await download.path(), 'utf8')).toContain('Answer 5 of lighthouse.');
});

test('a session that another program has open is read-only, and can be written once that has ended', async ({ gantry }) => {
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
  await expect(page.getByText(/\(elsewhere, process \d+\) has this session open/)).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(/^The session is still open in elsewhere/)).toBeVisible();
  await lease(2 ** 22 + 1); // above the largest pid
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
});

test(`a session of ${LONG_MESSAGES} messages opens at its end, and older ones come without moving the view`, async ({ gantry }) => {
  await writeSession(gantry, 'the sea', LONG_MESSAGES);
  await gantry.openProject();
  const { page } = gantry;
  await listed(page, 'Question 0 of the sea').click();
  await expect(transcript(page).getByText(`Answer ${LONG_MESSAGES - 1} of the sea.`)).toBeInViewport();
  const moved = await transcript(page).evaluate(async (log) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const places = () =>
      new Map([...log.querySelectorAll('[data-index]')].map((one) => [one.textContent.slice(0, 40), one.getBoundingClientRect().top]));
    const jumps: number[] = [];
    const slack = 100; // px; a row that was guessed and is now measured
    let grown = 0;
    for (let step = 0; step < 2000 && grown < 3; step += 1) {
      const heightBefore = log.scrollHeight;
      await frame();
      await frame();
      const before = places();
      const topBefore = log.scrollTop;
      if (topBefore === 0) continue; // waits for the page before
      log.scrollTop -= 400;
      const wanted = topBefore - log.scrollTop;
      await frame();
      await frame();
      const after = places();
      const name = [...before.keys()].find((key) => after.has(key));
      if (log.scrollHeight > heightBefore + 5000) grown += 1;
      const gone = name === undefined ? wanted : (after.get(name) ?? 0) - (before.get(name) ?? 0);
      if (Math.abs(gone - wanted) > slack) jumps.push(Math.round(gone - wanted));
    }
    return { jumps, grown };
  });
  expect(moved).toEqual({ jumps: [], grown: 3 });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing serious in the list of sessions in ${colorScheme}`, async ({ gantry }) => {
    await writeSession(gantry, 'lighthouse', 6);
    await writeSession(gantry, 'harbour', 6);
    await gantry.openProject();
    const { page } = gantry;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openHistory(page);
    await expect(row(page, 'harbour')).toBeVisible();
    expect.soft(await seriousFaults(page), 'the list').toEqual([]);
    await page.keyboard.type('answer');
    await expect(page.locator('mark').first()).toBeVisible();
    expect.soft(await seriousFaults(page), 'places that were found').toEqual([]);
    await field(page).fill('nowhere');
    await expect(page.getByText('Nothing has “nowhere” in it')).toBeVisible();
    expect.soft(await seriousFaults(page), 'nothing found').toEqual([]);
    await field(page).fill('');
    await row(page, 'harbour').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByRole('button', { name: /^Undo/ })).toBeVisible();
    expect.soft(await seriousFaults(page), 'a delete that can be undone').toEqual([]);
    await page.getByRole('button', { name: 'Recently deleted' }).click();
    await expect(page.getByRole('button', { name: /^Restore/ })).toBeVisible();
    expect.soft(await seriousFaults(page), 'the trash').toEqual([]);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await listed(page, 'Question 0 of lighthouse').click();
    await chooseForMessage(page, 'Question 0 of lighthouse', 'Rewind to before this…');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await seriousFaults(page), 'the question before a rewind').toEqual([]);
  });
}
