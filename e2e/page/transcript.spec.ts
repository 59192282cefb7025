import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';

const long = (name: string) => Array.from({ length: 60 }, (_unused, at) => `## ${name} ${at}\n\nSome \`words\` of it.`).join('\n\n');
const transcript = (page: Page) => page.getByRole('log');

/** The distance from the view to the end. Unit: px. */
const distance = (page: Page) => transcript(page).evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));

/** How many frames the page requests by itself in one second. */
const framesInASecond = (page: Page) =>
  page.evaluate(async () => {
    const { requestAnimationFrame } = window;
    let count = 0;
    window.requestAnimationFrame = (run) => {
      count += 1;
      return requestAnimationFrame.call(window, run);
    };
    await new Promise((resolve) => setTimeout(resolve, 1000));
    window.requestAnimationFrame = requestAnimationFrame;
    return count;
  });

/**
 * Scrolls up from the end in the same frame in which the last row grows, and the list measures that row first. Returns the
 * scrolled distance in px.
 */
const scrollWhileARowGrows = (page: Page) =>
  transcript(page).evaluate(async (log) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    const before = log.scrollTop;
    log.scrollTop -= 300;
    const lastRow = [...log.querySelectorAll<HTMLElement>('[data-index] > div')].at(-1);
    if (lastRow) lastRow.style.paddingBottom = '50px';
    for (let left = 5; left > 0; left -= 1) await frame();
    return log.scrollTop - before;
  });

test('the view follows new output, stays where its reader has scrolled, and is idle without output', async ({ gantry }) => {
  gantry.model.play({
    'Be short': [say('Yes.')],
    'Tell me all': [say(long('First'))],
    'Wait and tell': [call('run_shell_command', { command: 'until [ -e go ]; do sleep 0.05; done' }), say(long('Second'))],
  });
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('Be short');
  await expect(page.getByText('Yes.')).toBeVisible();
  expect(await framesInASecond(page)).toBeLessThan(15); // the list is also too short to have an end to scroll to

  await gantry.prompt('Tell me all');
  await expect(page.getByRole('heading', { name: 'First 59' })).toBeInViewport();
  await expect.poll(() => distance(page)).toBeLessThan(2);
  expect(await framesInASecond(page)).toBeLessThan(15);

  expect(await scrollWhileARowGrows(page)).toBe(-300);
  await page.getByRole('button', { name: 'Scroll to bottom' }).click();
  await expect.poll(() => distance(page)).toBeLessThan(2);

  await page.setViewportSize({ width: 900, height: 560 });
  await expect(page.getByRole('heading', { name: 'First 59' })).toBeInViewport();
  await expect.poll(() => distance(page)).toBeLessThan(2);

  await gantry.prompt('Wait and tell');
  await gantry.allow();
  await expect.poll(() => distance(page)).toBeLessThan(2);
  await transcript(page).hover();
  await page.mouse.wheel(0, -900);
  await expect.poll(() => distance(page)).toBeGreaterThan(400);
  const top = await transcript(page).evaluate((log) => log.scrollTop);
  await writeFile(join(gantry.projectDir, 'go'), '');
  await expect.poll(() => distance(page)).toBeGreaterThan(2000);
  expect(Math.abs((await transcript(page).evaluate((log) => log.scrollTop)) - top)).toBeLessThan(2);

  await page.getByRole('button', { name: 'New output' }).click();
  await expect(page.getByRole('heading', { name: 'Second 59' })).toBeInViewport();
  await expect.poll(() => distance(page)).toBeLessThan(2);
});
