import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';

test.use({ connected: false });

test('a background command that ends while the window is not focused is notified, and a click shows it', async ({ gantry }) => {
  const { standIn } = gantry.host;
  if (standIn === undefined) throw new Error('this spec is for the stand-in alone');
  const notified = () => standIn.calls.filter(({ name }) => name === 'notification.show');
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('!while [ ! -e first ]; do sleep 0.05; done');
  await page.getByRole('button', { name: 'Move to background' }).click();
  await gantry.showTasks();
  await writeFile(join(gantry.projectDir, 'first'), '');
  await expect(page.getByText(/ended: exited 0/)).toBeVisible();
  expect(notified()).toEqual([]); // the window had the focus

  await gantry.prompt('!while [ ! -e second ]; do sleep 0.05; done; exit 4');
  await page.getByRole('button', { name: 'Move to background' }).click();
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.getByRole('button', { name: 'Close panel' }).click();
  standIn.send({ t: 'blur', windowId: 1 });
  await writeFile(join(gantry.projectDir, 'second'), '');
  await expect
    .poll(() => notified().map(({ args }) => args))
    .toEqual([
      [{ title: 'A background command has failed', body: 'while [ ! -e second ]; do sleep 0.05; done; exit 4\nExited with code 4' }],
    ]);

  standIn.send({ t: 'notification', index: 0 });
  await expect(page.getByRole('option', { selected: true })).toContainText('second');
  await expect.poll(() => standIn.calls.at(-1)?.name).toBe('window.focus'); // the page may be faster than the report of the call
  await page.getByRole('button', { name: 'More for this task' }).click();
  await page.getByRole('menuitem', { name: 'Show in folder' }).click();
  await expect
    .poll(() => standIn.calls.at(-1))
    .toMatchObject({ name: 'shell.showItemInFolder', args: [expect.stringMatching(/\.output$/)] });
});
