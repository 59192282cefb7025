import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { launch } from '../support/hosts.ts';

test('BT-18: if Gantry ends with its window, leaving the page asks while a command runs, and not afterwards', async ({ context }) => {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'gantry-leave-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'lighthouse')];
  await mkdir(home);
  await mkdir(project);
  const host = await launch('server', { context, home, env: { GANTRY_ENDS_WITH_WINDOW: '1' } });
  try {
    const { page } = host;
    const asked: string[] = [];
    page.on('dialog', async (dialog) => {
      asked.push(dialog.type());
      await dialog.dismiss();
    });
    await host.chooseFolder(project, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
    await page.getByRole('button', { name: 'Trust this folder' }).click();
    const input = page.getByRole('textbox', { name: 'Message' });
    await input.fill('!echo up; sleep 600');
    await input.press('Enter');
    await expect(page.getByRole('region', { name: /^Command: / })).toBeVisible();
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => asked).toEqual(['beforeunload']);
    await page.getByRole('button', { name: 'Stop', exact: true }).last().click();
    await expect(page.getByRole('region', { name: /^Command: / })).toBeHidden();
    const closed = page.waitForEvent('close');
    await page.close({ runBeforeUnload: true });
    await closed;
    expect(asked).toHaveLength(1);
  } finally {
    await host.stop();
    await rm(scratch, { recursive: true, force: true });
  }
});
