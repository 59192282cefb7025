import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { onlyInElectron, recordDialogs } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

const rows = (page: Page) => page.getByRole('listbox', { name: 'Tasks' }).getByRole('option');

/** The process of the only background task, as its status file says. */
async function taskPid({ home }: Gantry): Promise<number> {
  for await (const path of glob(`${home}/.qwen/tmp/*/background-shells/*/*.status`)) {
    const { pid } = JSON.parse(await readFile(path, 'utf8')) as { pid?: number };
    if (pid !== undefined) return pid;
  }
  throw new Error('no status file names a process');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// A terminal sends its signal to the whole group, and `npm start` passes it on: the app gets both.
for (const signals of [['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT']] as const) {
  test(`BT-18: ${signals.join(' and ')} ends the app in order and without a question, and stops its commands`, async ({ gantry }) => {
    await gantry.openProject();
    await recordDialogs(gantry); // a question would stay unanswered
    await gantry.prompt('!echo "the lamp is lit"; sleep 600');
    await gantry.page.getByRole('button', { name: 'Move to background' }).click();
    await gantry.showTasks();
    await expect(rows(gantry.page)).toContainText('the lamp is lit');
    const pid = await taskPid(gantry);

    const { process: app } = gantry.host;
    const ended = once(app, 'exit');
    for (const signal of signals) app.kill(signal);
    expect(await ended).toEqual([0, null]);
    await expect.poll(() => isAlive(pid)).toBe(false);

    await gantry.restart();
    await expect(rows(gantry.page)).toContainText('Ended with Gantry');
  });
}
