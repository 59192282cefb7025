import { expect, test } from '../support/fixtures.ts';

test('trust is granted by the dialog of the system alone; Cancel leaves the question of the page open', async ({ gantry }) => {
  const { page } = gantry;
  const { standIn } = gantry.host;
  if (standIn === undefined) throw new Error('this spec is for the stand-in alone');
  const questions: unknown[] = [];
  let response = 1;
  standIn.answer('dialog.showMessageBox', ([options]) => {
    questions.push(options);
    return { response, checkboxChecked: false };
  });
  await gantry.host.chooseFolder(gantry.projectDir, () => page.getByRole('main').getByRole('button', { name: 'Open folder' }).click());
  const trust = page.getByRole('button', { name: 'Trust this folder' });
  await trust.click();
  await expect.poll(() => questions).toHaveLength(1);
  expect(questions[0]).toMatchObject({ message: 'Trust this folder?', buttons: ['Trust', 'Cancel'], defaultId: 1, cancelId: 1 });
  await expect(trust).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  response = 0;
  await trust.click();
  await expect(trust).toBeHidden();
  expect(questions).toHaveLength(2);
});
