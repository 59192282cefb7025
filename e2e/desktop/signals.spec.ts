import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { onlyInElectron, recordDialogs } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

const rows = (page: Page) => page.getByRole('listbox', { name: 'Tasks' }).getByRole('option');

const taskPid = ({ projectDir }: Gantry) =>
  readFile(join(projectDir, 'pid'), 'utf8').then(
    (text) => Number(text),
    () => 0,
  );

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Sockets of the app that the shells it has started hold. A file may slip in: Chromium opens some on other threads. */
function inheritedSockets(app: number | undefined): string[] {
  const started = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isShellOf(pid, app));
  expect(started).not.toEqual([]); // the watchdog is one
  return started.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`)
      .filter((fd) => Number(fd) > 2)
      .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      .filter((target) => target.startsWith('socket:')),
  );
}

function isShellOf(pid: string, parent: number | undefined): boolean {
  try {
    const [, name, owner] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name === 'sh' && Number(owner) === parent;
  } catch {
    return false; // it has ended
  }
}

// A terminal sends its signal to the whole group, and `npm start` passes it on: the app gets both.
for (const signals of [['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT']] as const) {
  test(`BT-18: ${signals.join(' and ')} ends the app in order and without a question, and stops its commands`, async ({ gantry }) => {
    await gantry.openProject();
    await gantry.prompt('!echo $$ > pid; sleep 600');
    await gantry.page.getByRole('button', { name: 'Move to background' }).click();
    await expect(rows(gantry.page)).toHaveCount(1);
    await expect.poll(() => taskPid(gantry)).toBeGreaterThan(0);
    const pid = await taskPid(gantry);
    await recordDialogs(gantry, 1); // a question would be answered with Cancel

    const { process: app } = gantry.host;
    if (process.platform === 'linux') expect(inheritedSockets(app.pid)).toEqual([]);
    const ended = once(app, 'exit');
    for (const signal of signals) app.kill(signal);
    const end = await ended;
    const log = await readFile(join(gantry.home, '.gantry', 'logs', 'desktop.log'), 'utf8');
    expect(end, log).toEqual([0, null]);
    await expect.poll(() => isAlive(pid)).toBe(false);

    await gantry.restart();
    await expect(rows(gantry.page)).toContainText('Ended with Gantry');
  });
}
