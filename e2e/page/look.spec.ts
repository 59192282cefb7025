import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seriousFaults } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';

test('axe finds nothing serious on any screen, in dark and in light', async ({ gantry }) => {
  const { page, projectDir } = gantry;
  const path = join(projectDir, 'notes.md');
  await writeFile(path, 'one\ntwo\n');
  gantry.model.play({
    'Look around': [
      call('read_file', { file_path: path }),
      say('## Found\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst light = 1;\n```\n\n- [a link](https://example.com)'),
    ],
    'Change it': [call('edit', { file_path: path, old_string: 'two', new_string: 'three' }), say('Changed.')],
    'Run it': [call('run_shell_command', { command: 'while [ ! -e stop ]; do echo on; sleep 0.2; done' }), say('It runs.')],
  });
  await expect(page.getByRole('heading', { name: /Welcome/ })).toBeVisible();
  expect.soft(await seriousFaults(page), 'first run').toEqual([]);

  await gantry.openProject();
  await gantry.prompt('Look around');
  await expect(page.getByRole('heading', { name: 'Found' })).toBeVisible();
  expect.soft(await seriousFaults(page), 'an answer').toEqual([]);
  await gantry.prompt('Change it');
  await expect(gantry.approval()).toBeVisible();
  expect.soft(await seriousFaults(page), 'an approval').toEqual([]);
  await gantry.allow();
  await gantry.prompt('Run it');
  await gantry.allow();
  await expect(page.getByRole('region', { name: /^Command: / })).toBeVisible();
  expect.soft(await seriousFaults(page), 'a running command').toEqual([]);
  await page.keyboard.press('Control+b');
  await expect(page.getByText('It runs.')).toBeVisible();
  await gantry.showTasks();
  expect.soft(await seriousFaults(page), 'the tasks panel').toEqual([]);
  const session = page.getByRole('region', { name: 'lighthouse' }).getByRole('listitem').first();
  await session.hover();
  await session.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('menuitem', { name: 'Close session' }).click();
  await expect(page.getByRole('dialog', { name: /^Close / })).toBeVisible();
  expect.soft(await seriousFaults(page), 'the question before closing').toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Models and keys' })).toBeVisible();
  expect.soft(await seriousFaults(page), 'the settings').toEqual([]);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByRole('button', { name: /^Currently Ctrl B/ }).click();
  await page.keyboard.press('Control+j');
  await expect(page.getByRole('alert')).toContainText('Ctrl J is already used');
  expect.soft(await seriousFaults(page), 'the choice of a key').toEqual([]);
});
