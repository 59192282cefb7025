import { beforeEach, expect, test } from 'vitest';
import { ProjectId, SessionId } from '../../preload/contract/index.ts';
import { recallUi, rememberUi } from './remember-ui.ts';
import { createUiStore } from './ui-store.ts';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
const recall = () => recallUi(localStorage, sessionStorage);

test('what a window remembers comes back after a reload', () => {
  const store = createUiStore();
  rememberUi(store, localStorage, sessionStorage);
  store.getState().setSidebarWidth(300);
  store.getState().setPanel('plan');
  expect(createUiStore(recall()).getState()).toMatchObject({ sidebarWidthPx: 300, panel: 'plan', tasksPanelOpen: false });
});

test('the shown session is remembered for each tab, so that another tab keeps its own and a new one asks the host', () => {
  const store = createUiStore();
  rememberUi(store, localStorage, sessionStorage);
  store.getState().showSession(ProjectId.parse('p1'), SessionId.parse('s1'));
  expect(recall()).toMatchObject({ activeProjectId: 'p1', activeSessionId: 's1', sidebarOpen: true });
  sessionStorage.clear(); // a second tab
  expect(createUiStore(recall()).getState()).toMatchObject({ activeProjectId: undefined, activeSessionId: undefined });
});

test('damaged storage counts as a first start', () => {
  localStorage.setItem('gantry.ui', '{nonsense');
  expect(recall()).toEqual({});
});

test('a remembered field of another shape is ignored, and the others are kept', () => {
  const wrong = { sidebarWidthPx: 'wide', hiddenOrigins: 's1', panel: 'nonsense', seenTurns: { s1: 'x' } };
  localStorage.setItem('gantry.ui', JSON.stringify({ ...wrong, sidebarOpen: false }));
  sessionStorage.setItem('gantry.ui', JSON.stringify({ activeProjectId: 'p1', activeSessionId: 7 }));
  expect(recall()).toEqual({ activeProjectId: 'p1', sidebarOpen: false });
  expect(createUiStore(recall()).getState()).toMatchObject({ sidebarWidthPx: 264, hiddenOrigins: [], seenTurns: {} });
  for (const widthPx of [-1, 1e9]) {
    localStorage.setItem('gantry.ui', JSON.stringify({ sidebarWidthPx: widthPx }));
    sessionStorage.clear();
    expect(recall()).toEqual({});
  }
  localStorage.setItem('gantry.ui', '[1]');
  expect(recall()).toEqual({});
});

test('the seen turns of the sessions with the oldest changes are forgotten', () => {
  const seenTurns = Object.fromEntries(Array.from({ length: 2000 }, (_unused, i) => [`s-${i}`, 1]));
  const store = createUiStore({ seenTurns });
  store.getState().markSeen(SessionId.parse('s-0'), 2);
  store.getState().markSeen(SessionId.parse('new'), 1);
  const seen = store.getState().seenTurns;
  expect(Object.keys(seen)).toHaveLength(2000);
  expect([seen[SessionId.parse('s-0')], seen[SessionId.parse('s-1')], seen[SessionId.parse('new')]]).toEqual([2, undefined, 1]);
});

test('the sidebar stays within its limits', () => {
  const store = createUiStore();
  store.getState().setSidebarWidth(10);
  expect(store.getState().sidebarWidthPx).toBe(200);
  store.getState().setSidebarWidth(9999);
  expect(store.getState().sidebarWidthPx).toBe(420);
});
