import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type Gantry, test } from '../support/fixtures.ts';
import { electronCommand } from '../support/hosts.ts';
import { onlyInElectron } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

/** Starts the app once more, as a launcher or a terminal does, and waits until it has handed its arguments over. */
async function startAgain({ home }: Gantry, ...args: readonly string[]): Promise<void> {
  const { executablePath, args: all, env } = electronCommand({ home, args });
  const child = spawn(executablePath, all, { env, cwd: home, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}

test('folders in every notation are opened, and what opens nothing gets an answer', async ({ gantry }) => {
  const { page, home } = gantry;
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  const asked = (name: string) => page.getByRole('dialog', { name: new RegExp(name) });
  const distrust = page.getByRole('button', { name: 'Do not trust' });
  for (const name of ['plain', 'of a file', 'by address', '-dashed', 'by link']) await mkdir(join(home, name));
  await writeFile(join(home, 'of a file', 'notes.txt'), '');

  const cases: readonly (readonly [name: string, args: readonly string[]])[] = [
    ['plain', ['plain']],
    ['of a file', [join(home, 'of a file', 'notes.txt')]],
    ['by address', [pathToFileURL(join(home, 'by address')).href]],
    ['-dashed', ['--', '-dashed']],
    ['by link', [`gantry://open?path=${encodeURIComponent(join(home, 'by link'))}`]],
  ];
  for (const [name, args] of cases) {
    await startAgain(gantry, ...args);
    await expect(asked(name)).toBeVisible();
    await distrust.click();
    await expect(asked(name)).toBeHidden();
  }

  await startAgain(gantry, 'missing');
  await expect(page.getByText(`${join(home, 'missing')} does not exist, so nothing was opened.`)).toBeVisible();
  await startAgain(gantry, 'gantry://run?command=ls');
  await expect(page.getByText(/^gantry:\/\/run\?command=ls is not the address of a folder/)).toBeVisible();
});
