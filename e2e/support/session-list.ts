import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Sessions' });
export const listed = (page: Page, title: string) => sidebar(page).getByRole('button', { name: new RegExp(`^(idle|unread): ${title}`) });
export const row = (page: Page, text: string | RegExp) =>
  page.getByRole('grid', { name: 'Sessions' }).getByRole('row').filter({ hasText: text });
export const field = (page: Page) => page.getByRole('combobox', { name: /Search titles/ });
export const transcript = (page: Page) => page.getByRole('log');

export async function openHistory(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0); // its keys come first
  await page.keyboard.press('Control+Shift+F');
  await expect(field(page)).toBeFocused();
}

export async function chooseForMessage(page: Page, message: string, item: string): Promise<void> {
  await transcript(page).getByText(message, { exact: true }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: item }).click();
}
