import { expect, test } from './support/fixtures.ts';

test('a terminal in a window that got smaller shows its end and takes what is typed', async ({ gantry, hostKind }) => {
  test.skip(hostKind === 'desktop', "Electron's own window takes no size from the test.");
  await gantry.openProject();
  const { page } = gantry;
  await gantry.prompt('!seq 1 80; echo asking; read answer; echo "got $answer"');
  await expect(page.getByLabel(/^Terminal: /)).toContainText('asking');
  await page.getByRole('button', { name: 'Move to background' }).click();
  await gantry.showTasks();
  const panel = page.getByRole('complementary', { name: 'Tasks and plan' });
  await panel.getByRole('option').first().click();
  const terminal = panel.getByLabel(/^Terminal: /);
  await expect(terminal).toContainText('asking');

  await page.setViewportSize({ width: 760, height: 520 });
  for (const line of ['76', 'asking']) await expect(terminal.getByText(line, { exact: true })).toBeInViewport({ ratio: 1 });
  await terminal.click();
  await page.keyboard.type('this\n');
  await expect(terminal.getByText('got this', { exact: true })).toBeInViewport({ ratio: 1 });
});
