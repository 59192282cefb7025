import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type HostKind, launch, type RunningHost, whyNot } from './hosts.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts';
import { tinyDisk, whyNoDisk } from './tiny-disk.ts';

export interface HostOptions {
  hostKind: HostKind;
  /** With a scripted model in the user's settings and a trusted project folder; otherwise a new installation. */
  connected: boolean;
  /** The home folder is a separate disk of this size (`64m`). */
  homeSize: string | undefined;
}

/** A user's computer: a home, a project folder, a model, and a running Gantry. */
export interface Gantry {
  readonly home: string;
  readonly projectDir: string;
  readonly model: ScriptedModel;
  /** The current window; another one after `restart`. */
  readonly page: Page;
  readonly host: RunningHost;
  /** Ends the app and starts it again. */
  restart(): Promise<void>;
  /** Opens the project folder in the window and trusts it. */
  openProject(): Promise<void>;
  /** Types a prompt and sends it. */
  prompt(text: string): Promise<void>;
  /** The pending approval card. */
  approval(): Locator;
  /** Answers the card with the button of this name, once it accepts answers. */
  answerWhenReady(button: string): Promise<void>;
  /** Allows the call of the card once, and waits until the card is gone. */
  allow(): Promise<void>;
  /** Opens the tasks panel if it is closed. */
  showTasks(): Promise<void>;
}

interface Fixtures {
  gantry: Gantry;
  /** Skips the test if its host cannot run. Automatic, so it comes before `context`, which needs a browser. */
  hostIsHere: undefined;
}

export const test = base.extend<Fixtures & HostOptions>({
  hostKind: ['server', { option: true }],
  connected: [true, { option: true }],
  homeSize: [undefined, { option: true }],
  hostIsHere: [
    async ({ hostKind, homeSize }, use, testInfo) => {
      const reason = whyNot(hostKind) ?? (homeSize === undefined ? undefined : whyNoDisk());
      testInfo.skip(reason !== undefined, reason);
      await use(undefined);
    },
    { auto: true },
  ],
  gantry: async ({ hostKind, connected, homeSize, context }, use) => {
    const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-e2e-')));
    const home = join(scratch, 'home');
    const projectDir = join(scratch, 'lighthouse');
    await mkdir(home, { recursive: true });
    const unmountHome = homeSize === undefined ? () => undefined : tinyDisk.mount(home, homeSize);
    await mkdir(projectDir);
    const model = await startScriptedModel();
    if (connected) await connect(home, model.baseUrl);
    const start = () => launch(hostKind, { context, home });
    let host = await start();
    const approval = () => host.page.getByRole('region', { name: /^Approval needed/ });
    const answerWhenReady = async (button: string) => {
      const chosen = approval().getByRole('button', { name: button, exact: button === 'Deny' });
      await expect(chosen).toHaveAttribute('aria-disabled', 'false'); // a card that has just appeared ignores answers
      await chosen.click();
    };

    await use({
      home,
      projectDir,
      model,
      get page() {
        return host.page;
      },
      get host() {
        return host;
      },
      restart: async () => {
        await host.stop();
        host = await start();
      },
      openProject: async () => {
        await host.chooseFolder(projectDir, () => host.page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
        await host.page.getByRole('button', { name: 'Trust this folder' }).click();
        await expect(host.page.getByRole('heading', { name: /lighthouse/ }).first()).toBeVisible();
      },
      prompt: async (text) => {
        await host.page.getByRole('textbox', { name: 'Message' }).fill(text);
        await host.page.getByRole('textbox', { name: 'Message' }).press('Enter');
      },
      approval,
      answerWhenReady,
      allow: async () => {
        await answerWhenReady('Allow once');
        await expect(approval()).toBeHidden();
      },
      showTasks: async () => {
        const panel = host.page.getByRole('complementary', { name: 'Tasks and plan' });
        const toggle = host.page.getByRole('button', { name: 'Tasks panel' });
        await expect(toggle).toBeVisible();
        // It also opens by itself with the first background task, perhaps just before the click.
        await expect(async () => {
          if (!(await panel.isVisible())) await toggle.click();
          await expect(panel).toBeVisible({ timeout: 1000 });
        }).toPass();
      },
    });

    await host.stop();
    await model.stop();
    unmountHome();
    await rm(scratch, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';

async function connect(home: string, baseUrl: string): Promise<void> {
  await mkdir(join(home, '.qwen'));
  const settings = {
    modelProviders: { openai: [{ id: 'scripted', name: 'Scripted', baseUrl }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted' },
  };
  await writeFile(join(home, '.qwen', 'settings.json'), JSON.stringify(settings, null, 2));
}
