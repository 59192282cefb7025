import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { renderWith } from '../../test/render.tsx';
import { task } from '../../test/samples.ts';
import { endedNotification } from './ended-notification.ts';
import { NotifyBell } from './NotifyBell.tsx';
import { TaskNotifications } from './TaskNotifications.tsx';

class FakeNotification extends EventTarget {
  static permission: NotificationPermission = 'default';
  static answer: NotificationPermission = 'granted';
  static asked = 0;
  static shown: FakeNotification[] = [];
  static async requestPermission() {
    FakeNotification.asked += 1;
    FakeNotification.permission = FakeNotification.answer;
    return FakeNotification.answer;
  }
  readonly title: string;
  readonly options: NotificationOptions;
  constructor(title: string, options: NotificationOptions) {
    super();
    this.title = title;
    this.options = options;
    FakeNotification.shown.push(this);
  }
  close() {}
}

let hasFocus = false;
beforeEach(() => {
  localStorage.clear();
  Object.assign(FakeNotification, { permission: 'default', answer: 'granted', asked: 0, shown: [] });
  vi.stubGlobal('Notification', FakeNotification);
  hasFocus = false;
  document.hasFocus = () => hasFocus;
  window.focus = () => undefined;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const inBrowser = {
  'app.describe': () => ({ version: '1', host: 'server', platform: 'linux', homePath: '/h', canPickFolder: false }) as const,
  'task.list': () => ({ tasks: [task()] }),
};

async function show(over = {}) {
  const shown = await renderWith(
    <>
      <NotifyBell />
      <TaskNotifications />
    </>,
    { ...inBrowser, ...over },
    true,
  );
  const end = (overrides: Partial<TaskSummary> = {}) =>
    act(async () =>
      shown.client.emit({
        event: 'task.changed',
        data: { task: task({ status: 'failed', exitCode: 4, error: 'Exited with code 4', endedAtMs: 2, rev: 2, ...overrides }) },
      }),
    );
  return { ...shown, end };
}

test("the browser's permission is requested only on a click; then an end in an unfocused window is notified, and a click opens the task", async () => {
  const { stores, end } = await show();
  expect(FakeNotification.asked).toBe(0);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Notify me when a background command ends' })));
  expect(FakeNotification.asked).toBe(1);
  expect(screen.getByRole('button', { name: 'Turn off notifications', pressed: true })).toBeTruthy();

  await end();
  expect(FakeNotification.shown.map(({ title, options }) => [title, options.body])).toEqual([
    ['A background command has failed', 'npm run dev\nExited with code 4'],
  ]);
  await act(async () => void FakeNotification.shown[0]?.dispatchEvent(new Event('click')));
  expect(stores.ui.getState()).toMatchObject({ openTaskId: task().id, tasksPanelOpen: true });
});

test('nothing is notified while the window has the focus, before it was allowed, or after it was turned off', async () => {
  FakeNotification.permission = 'granted';
  hasFocus = true;
  const focused = await show();
  await focused.end();
  hasFocus = false;
  const off = await show();
  fireEvent.click(screen.getByRole('button', { name: 'Turn off notifications' }));
  await off.end();
  FakeNotification.permission = 'default';
  localStorage.clear();
  const unasked = await show();
  await unasked.end();
  expect(FakeNotification.shown).toEqual([]);
});

test('a denied permission is shown with what to do', async () => {
  FakeNotification.answer = 'denied';
  const { stores } = await show();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Notify me when a background command ends' })));
  expect(stores.ui.getState().toasts.map(({ text }) => text)).toEqual([expect.stringContaining('Allow them in the settings')]);
});

test('the desktop shows notifications itself, so there is no bell and the page shows none', async () => {
  FakeNotification.permission = 'granted';
  const { end } = await show({
    'app.describe': () => ({ version: '1', host: 'desktop', platform: 'linux', homePath: '/h', canPickFolder: true }),
  });
  expect(screen.queryByRole('button')).toBeNull();
  await end();
  expect(FakeNotification.shown).toEqual([]);
});

test.each([
  ['it still runs', task(), task({ lastLine: 'x' })],
  ['it had ended before', task({ status: 'completed' }), task({ status: 'completed' })],
  ['it was not known before', undefined, task({ status: 'completed' })],
  ['the user stopped it', task(), task({ status: 'cancelled' })],
  ['it was never in the background', task(), task({ status: 'completed', wasBackground: false })],
  ['it belongs to an earlier run', task(), task({ status: 'failed', ofEarlierRun: true })],
])('nothing is notified when %s', (_why, before, now) => {
  expect(endedNotification(before, now)).toBeUndefined();
});

test('invisible and bidirectional characters of a command are marked in its notification', () => {
  const ended = task({ command: 'rm -rf ~ #\u202etset mpn', status: 'completed' });
  expect(endedNotification(task(), ended)?.body).toBe('rm -rf ~ #[U+202E]tset mpn');
});
