import { expect, test } from './support/fixtures.ts';
import { say } from './support/scripted-model.ts';
import { tinyDisk } from './support/tiny-disk.ts';

// Electron's own profile uses some of it.
test.use({ homeSize: '64m' });

test('a full disk shows one message, the prompt stays in the composer, and it is sent once there is space', async ({ gantry }) => {
  const { page, home, model } = gantry;
  model.play({ 'Say hello': [say('Hello there.')], Again: [say('Hello again.')] });
  await gantry.openProject();
  await gantry.prompt('Say hello');
  await expect(page.getByText('Hello there.')).toBeVisible();

  tinyDisk.fill(home);
  // More than the rest of the last page of the session's file.
  const long = `Again ${Array.from({ length: 900 }, (_, at) => String(at * 7919).padStart(8, ' ')).join('')}`;
  await gantry.prompt(long);
  const message = page.getByText(/^There is no space left on the disk that holds .*\.jsonl\. Free some space, then try again\.$/);
  await expect(message).toBeVisible();
  await expect(message).toHaveCount(1);
  const composer = page.getByRole('textbox', { name: 'Message' });
  await expect(composer).toHaveValue(long);
  await expect(page.getByText(/internal error/)).toHaveCount(0);

  tinyDisk.free(home);
  await composer.press('Enter');
  await expect(page.getByText('Hello again.')).toBeVisible();
  await expect(composer).toHaveValue('');
});
