import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Violations that axe rates serious or worse, as `scheme, rule: where`: every rule in dark, and the contrast in light, since
 * nothing else depends on the colour scheme. Leaves the page in light.
 */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settled(page);
    const faults = await analyze(page, colorScheme);
    // A frame may lie between a change of the page and of a terminal in it. A real fault is found again.
    if (faults.length > 0) found.push(...(await settled(page).then(() => analyze(page, colorScheme))));
  }
  return found;
}

async function analyze(page: Page, colorScheme: 'dark' | 'light'): Promise<readonly string[]> {
  // The legacy mode opens no second page for its results, which takes time and does not work in Electron.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (colorScheme === 'dark' ? axe : axe.withRules('color-contrast')).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${colorScheme}, ${id}: ${target.join(' ')}`));
}

/** Two frames are drawn, and no transition runs. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const finite = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  });
}
