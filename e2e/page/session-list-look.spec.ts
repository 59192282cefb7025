import { seriousFaults } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { chooseForMessage, field, listed, openHistory, row } from '../support/session-list.ts';
import { writeSession } from '../support/stored-session.ts';

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing serious in the list of sessions in ${colorScheme}`, async ({ gantry }) => {
    await writeSession(gantry, 'lighthouse', 6);
    await writeSession(gantry, 'harbour', 6);
    await gantry.openProject();
    const { page } = gantry;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openHistory(page);
    await expect(row(page, 'harbour')).toBeVisible();
    expect.soft(await seriousFaults(page), 'the list').toEqual([]);
    await page.keyboard.type('answer');
    await expect(page.locator('mark').first()).toBeVisible();
    expect.soft(await seriousFaults(page), 'places that were found').toEqual([]);
    await field(page).fill('nowhere');
    await expect(page.getByText('No results for “nowhere”')).toBeVisible();
    expect.soft(await seriousFaults(page), 'nothing found').toEqual([]);
    await field(page).fill('');
    await row(page, 'harbour').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByRole('button', { name: /^Undo/ })).toBeVisible();
    expect.soft(await seriousFaults(page), 'a delete that can be undone').toEqual([]);
    await page.getByRole('button', { name: 'Recently deleted' }).click();
    await expect(page.getByRole('button', { name: /^Restore/ })).toBeVisible();
    expect.soft(await seriousFaults(page), 'the trash').toEqual([]);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await listed(page, 'Question 0 of lighthouse').click();
    await chooseForMessage(page, 'Question 0 of lighthouse', 'Rewind to before this…');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await seriousFaults(page), 'the question before a rewind').toEqual([]);
  });
}
