import { expect, test } from '../support/fixtures.ts';

test.use({ connected: false });

test('nothing that the page does at its start violates its own policy', async ({ gantry }) => {
  const { page } = gantry;
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  await page.addInitScript(() => {
    const violations: string[] = [];
    Reflect.set(globalThis, 'violations', violations);
    document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Connect a model' })).toBeVisible();
  expect(await page.evaluate(() => Reflect.get(globalThis, 'violations'))).toEqual([]);
});
