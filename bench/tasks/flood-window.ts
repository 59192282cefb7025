/** Gantry's window with a flood in the tasks panel and `cat` in the transcript, while text is typed in two places. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { launch } from '../../e2e/support/hosts.ts';
import { call, say, startScriptedModel } from '../../e2e/support/scripted-model.ts';

export interface FloodWindow {
  readonly page: Page;
  readonly scratchDir: string;
  close(): Promise<void>;
}

/** When it resolves, both commands run and the flood's terminal is shown. */
export async function openFloodWindow(commandIn: (scratchDir: string) => string): Promise<FloodWindow> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const scratchDir = await realpath(await mkdtemp(join(tmpdir(), 'gantry-flood-')));
    undo.push(() => rm(scratchDir, { recursive: true, force: true }));
    const page = await openWindow(scratchDir, commandIn(scratchDir), undo);
    return { page, scratchDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openWindow(scratchDir: string, command: string, undo: (() => Promise<unknown>)[]): Promise<Page> {
  const [home, projectDir] = [join(scratchDir, 'home'), join(scratchDir, 'lighthouse')];
  await mkdir(join(home, '.qwen'), { recursive: true });
  await mkdir(projectDir);
  const model = await startScriptedModel();
  undo.push(() => model.stop());
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', name: 'Scripted', baseUrl: model.baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  model.play({
    'Start the flood': [call('run_shell_command', { command, is_background: true }), say('It waits.')],
    'Echo what I type': [call('run_shell_command', { command: 'exec cat', timeout: 600_000 }), say('It echoed.')],
  });
  const { findBrowser, sandboxArguments } = await browserFinder();
  const executablePath = findBrowser();
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: [...sandboxArguments()] });
  undo.push(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const host = await launch('server', { context, home });
  undo.push(() => host.stop());
  const { page } = host;
  await host.chooseFolder(projectDir, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
  await page.getByRole('button', { name: 'Trust this folder' }).click();
  await ask(page, 'Start the flood');
  await page.getByText('It waits.').waitFor();
  await ask(page, 'Echo what I type');
  await page.locator('[data-shell-card] .xterm-rows').waitFor();
  const panel = page.getByRole('complementary', { name: 'Tasks and plan' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: 'Tasks panel' }).click();
  await panel.getByRole('option').first().click();
  await panel.locator('.xterm-rows').filter({ hasText: 'ready' }).waitFor();
  return page;
}

async function ask(page: Page, prompt: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(prompt);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await page.locator('[aria-label^="Approval needed"] button[aria-disabled="false"]', { hasText: 'Allow once' }).click();
}

interface BrowserFinder {
  findBrowser(): string | undefined;
  sandboxArguments(): readonly string[];
}

/** A script without types, so it is imported by its path. */
const browserFinder = (): Promise<BrowserFinder> => import(new URL('../../resources/scripts/lib/browser.mjs', import.meta.url).href);

/** Measures from inside the page: long tasks, keys and their glyphs, the moment the last line appears. Units: ms. */
export function watchPage(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen = { longTasks: [] as number[], composer: [] as number[], echo: [] as number[], lastLineAtMs: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
    const afterPaint = (run: () => void) => requestAnimationFrame(() => setTimeout(run, 0));
    let typedAt: number | undefined;
    const cat = document.querySelector('[data-shell-card] .xterm-rows');
    document.addEventListener('keydown', (event) => void (typedAt = event.timeStamp), true);
    document.addEventListener('input', (event) => {
      const at = typedAt;
      if (at === undefined || !(event.target instanceof HTMLTextAreaElement) || event.target.closest('.xterm') !== null) return;
      afterPaint(() => seen.composer.push(performance.now() - at));
      typedAt = undefined;
    });
    let echoed = cat?.textContent?.replaceAll(/[^x]/g, '').length ?? 0;
    const look = () => {
      const count = cat?.textContent?.replaceAll(/[^x]/g, '').length ?? 0;
      if (count > echoed && typedAt !== undefined) {
        const at = typedAt;
        typedAt = undefined;
        setTimeout(() => seen.echo.push(performance.now() - at), 0); // a terminal draws in a frame, which is painted next
      }
      echoed = count;
    };
    if (cat !== null) new MutationObserver(look).observe(cat, { childList: true, subtree: true, characterData: true });
    const rows = [...document.querySelectorAll('.xterm-rows')].find((one) => one.closest('[data-shell-card]') === null);
    // Not requested in every frame: a page that requests each frame is made to paint each frame.
    const lookForEnd = new MutationObserver(() => {
      if (rows?.textContent?.includes('the last line') !== true) return;
      lookForEnd.disconnect();
      afterPaint(() => (seen.lastLineAtMs = Date.now()));
    });
    if (rows !== undefined) lookForEnd.observe(rows, { childList: true, subtree: true, characterData: true });
  });
}

export interface Seen {
  readonly longTasks: readonly number[];
  readonly composer: readonly number[];
  readonly echo: readonly number[];
  readonly lastLineAtMs: number;
}

export const whatWasSeen = (page: Page): Promise<Seen> => page.evaluate(() => Reflect.get(window, 'seen') as Seen); // set by watchPage
