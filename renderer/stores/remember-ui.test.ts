import { beforeEach, expect, test } from 'vitest';
import { SessionId } from '../../preload/contract/index.ts';
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

test('a remembered part of another shape counts as not remembered, and the others stay', () => {
  const wrong = { sidebarWidthPx: 'wide', hiddenOrigins: 's1', panel: 'nonsense', seenTurns: { s1: 'x' }, activeSessionId: 7 };
  localStorage.setItem('gantry.ui', JSON.stringify({ ...wrong, activeProjectId: 'p1', sidebarOpen: false }));
  expect(recallUi(localStorage)).toEqual({ activeProjectId: 'p1', sidebarOpen: false });
  expect(createUiStore(recallUi(localStorage)).getState()).toMatchObject({ sidebarWidthPx: 264, hiddenOrigins: [], seenTurns: {} });
  for (const widthPx of [-1, 1e9]) {
    localStorage.setItem('gantry.ui', JSON.stringify({ sidebarWidthPx: widthPx }));
    expect(recallUi(localStorage)).toEqual({});
  }
  localStorage.setItem('gantry.ui', '[1]');
  expect(recallUi(localStorage)).toEqual({});
});

test('the seen turns of the sessions that changed longest ago are forgotten', () => {
  const seenTurns = Object.fromEntries(Array.from({ length: 2000 }, (_unused, i) => [`s-${i}`, 1]));
  const store = createUiStore({ seenTurns });
  store.getState().markSeen(SessionId.parse('s-0'), 2);
  store.getState().markSeen(SessionId.parse('new'), 1);
  const seen = store.getState().seenTurns;
  expect(Object.keys(seen)).toHaveLength(2000);
  expect([seen[SessionId.parse('s-0')], seen[SessionId.parse('s-1')], seen[SessionId.parse('new')]]).toEqual([2, undefined, 1]);
});

test('the sidebar keeps within its limits', () => {
  const store = createUiStore();
  store.getState().setSidebarWidth(10);
  expect(store.getState().sidebarWidthPx).toBe(200);
  store.getState().setSidebarWidth(9999);
  expect(store.getState().sidebarWidthPx).toBe(420);
});
