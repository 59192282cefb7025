import { beforeEach, expect, test } from 'vitest';
import { recallUi, rememberUi } from './remember-ui.ts';
import { createUiStore } from './ui-store.ts';

beforeEach(() => localStorage.clear());

test('what a window remembers comes back after a reload', () => {
  const store = createUiStore();
  rememberUi(store, localStorage);
  store.getState().setSidebarWidth(300);
  store.getState().setPanel('plan');
  expect(createUiStore(recallUi(localStorage)).getState()).toMatchObject({ sidebarWidthPx: 300, panel: 'plan', tasksPanelOpen: false });
});

test('damaged storage is a first start', () => {
  localStorage.setItem('gantry.ui', '{nonsense');
  expect(recallUi(localStorage)).toEqual({});
});

test('the sidebar keeps within its limits', () => {
  const store = createUiStore();
  store.getState().setSidebarWidth(10);
  expect(store.getState().sidebarWidthPx).toBe(200);
  store.getState().setSidebarWidth(9999);
  expect(store.getState().sidebarWidthPx).toBe(420);
});
