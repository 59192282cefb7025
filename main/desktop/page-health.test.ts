import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../local/logger.ts';
import { keepPageAlive } from './page-health.ts';

interface Question {
  readonly message: string;
  readonly signal?: AbortSignal;
  readonly answer: (response: number) => void;
}

const electron = await vi.hoisted(async () => {
  const questions: unknown[] = [];
  const done: string[] = [];
  return {
    questions,
    done,
    app: { quit: () => void done.push('quit') },
    shell: { showItemInFolder: (path: string) => void done.push(`show ${path}`) },
    dialog: {
      showMessageBox: (_window: unknown, options: { signal?: AbortSignal }) =>
        new Promise((resolve) => {
          questions.push({ ...options, answer: (response: number) => resolve({ response }) });
          options.signal?.addEventListener('abort', () => resolve({ response: 0 })); // as Electron closes it
        }),
    },
  };
});
vi.mock('electron', () => electron);

const questions = electron.questions as Question[]; // created in the lines above
beforeEach(() => {
  electron.questions.length = 0;
  electron.done.length = 0;
});

/** A file that exists. */
const LOG = import.meta.filename;

function setUp(logPath = LOG) {
  const webContents = Object.assign(new EventEmitter(), {
    reload: () => void electron.done.push('reload'),
    forcefullyCrashRenderer: () => crash('killed'),
  });
  const window = Object.assign(new EventEmitter(), {
    webContents,
    isDestroyed: () => false,
    show: () => void electron.done.push('shown'),
  });
  const crash = (reason: string) => void webContents.emit('render-process-gone', {}, { reason, exitCode: 5 });
  keepPageAlive(window as unknown as BrowserWindow, { logger: silentLogger, logPath }); // a fake with the members that are used
  return { window, crash };
}
/** Resolves after the app has received the test's answer. */
const received = () => new Promise((done) => setImmediate(done));

test('a page that dies is reloaded, a page that was closed is not', () => {
  const { crash } = setUp();
  crash('crashed');
  crash('clean-exit');
  expect(electron.done).toEqual(['reload']);
});

test('a page that dies repeatedly asks before it is reloaded, and shows the log', async () => {
  const { crash } = setUp();
  for (let time = 0; time < 4; time += 1) crash('crashed');
  expect(electron.done).toEqual(['reload', 'reload', 'reload']);
  questions[0]?.answer(1);
  await received();
  questions[1]?.answer(0);
  await received();
  expect(electron.done.slice(3)).toEqual([`show ${LOG}`, 'reload']);
  crash('crashed');
  expect(electron.done.slice(5)).toEqual(['reload']);
});

test('after too many deaths the user can quit the app', async () => {
  const { crash } = setUp();
  for (let time = 0; time < 4; time += 1) crash('oom');
  questions[0]?.answer(2);
  await received();
  expect(electron.done.at(-1)).toBe('quit');
});

test('a log that could not be written is not offered', async () => {
  const { crash } = setUp('/nowhere/desktop.log');
  for (let times = 0; times < 4; times += 1) crash('crashed');
  expect(questions).toMatchObject([{ buttons: ['Try again', 'Quit'], detail: 'Your sessions are saved, and commands go on.' }]);
  questions[0]?.answer(1);
  await received();
  expect(electron.done.at(-1)).toBe('quit');
});

test.each([
  ['the load fails', 'did-fail-load', [-2, 'ERR_FAILED', 'app://gantry/', true]],
  ['there is no page', 'did-navigate', ['app://gantry/', 404]],
])('a window without a page is shown and asks, if %s', async (_why, event, args) => {
  const { window } = setUp();
  window.webContents.emit(event, {}, ...args);
  expect(questions.map(({ message }) => message)).toEqual(['The window could not be loaded']);
  questions[0]?.answer(0);
  await received();
  expect(electron.done).toEqual(['shown', 'reload']);
});

test('a load that another one replaced, one of a frame, and one that succeeded do not ask', () => {
  const { window } = setUp();
  window.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', 'app://gantry/', true);
  window.webContents.emit('did-fail-load', {}, -2, 'ERR_FAILED', 'app://gantry/x', false);
  window.webContents.emit('did-navigate', {}, 'app://gantry/', 200);
  expect(questions).toEqual([]);
});

test('a page that hangs is reloaded if the user chooses it', async () => {
  const { window } = setUp();
  window.emit('unresponsive');
  window.emit('unresponsive');
  expect(questions.map(({ message }) => message)).toEqual(['The window does not answer']);
  questions[0]?.answer(1);
  await received();
  expect(electron.done).toEqual(['reload']);
});

test('the dialog about a hanging page closes when the page answers', async () => {
  const { window } = setUp();
  window.emit('unresponsive');
  window.emit('responsive');
  await received();
  expect([questions[0]?.signal?.aborted, electron.done]).toEqual([true, []]);
  window.emit('unresponsive');
  expect(questions).toHaveLength(2);
});
