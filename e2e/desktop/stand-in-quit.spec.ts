import { expect, test } from '../support/fixtures.ts';
import { call, say } from '../support/scripted-model.ts';

test('quitting asks while a command runs and names it; Cancel leaves it running, Quit stops it first', async ({ gantry }) => {
  const { page } = gantry;
  const { standIn } = gantry.host;
  if (standIn === undefined) throw new Error('this spec is for the stand-in alone');
  gantry.model.play({ 'Wait a while': [call('run_shell_command', { command: 'echo waiting; sleep 600' }), say('It waits.')] });
  const questions: unknown[] = [];
  let response = 1;
  await gantry.openProject();
  standIn.answer('dialog.showMessageBox', ([options]) => {
    questions.push(options);
    return { response, checkboxChecked: false };
  });
  await gantry.prompt('Wait a while');
  await gantry.allow();
  await expect(page.getByRole('region', { name: /^Command: / })).toBeVisible();

  standIn.send({ t: 'close', windowId: 1 });
  await expect.poll(() => questions).toHaveLength(1);
  expect(questions[0]).toMatchObject({
    message: 'A command is still running',
    detail: 'echo waiting; sleep 600',
    buttons: ['Stop it and quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  });
  await page.getByRole('button', { name: 'Move to background' }).click();
  await expect(page.getByText('It waits.')).toBeVisible();

  response = 0;
  standIn.send({ t: 'quit' });
  expect(await standIn.ended).toBe(0);
  expect(questions).toHaveLength(2);
});
