import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenForTheEnd } from './end-signals.ts';

const electron = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events');
  return { app: new EventEmitter(), powerMonitor: new EventEmitter(), Emitter: EventEmitter };
});
vi.mock('electron', () => electron);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ofTheTestRunner = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);

beforeEach(() => {
  electron.app.removeAllListeners();
  electron.powerMonitor.removeAllListeners();
});

afterEach(() => {
  for (const [signal, listeners] of ofTheTestRunner) {
    process.removeAllListeners(signal);
    for (const listener of listeners) process.on(signal, listener);
  }
});

test('on Linux and macOS the shutdown waits, and ends the app', () => {
  const causes: string[] = [];
  const preventDefault = vi.fn();
  listenForTheEnd((cause) => causes.push(cause));
  electron.powerMonitor.emit('shutdown', { preventDefault });
  expect(causes).toEqual(['shutdown']);
  expect(preventDefault).toHaveBeenCalledTimes(1);
  electron.powerMonitor.emit('shutdown'); // as Electron declares it
  expect(causes).toEqual(['shutdown', 'shutdown']);
});

test('on Windows the end of the session ends the app, from each window opened since', () => {
  const causes: string[] = [];
  listenForTheEnd((cause) => causes.push(cause));
  for (const window of [new electron.Emitter(), new electron.Emitter()]) {
    electron.app.emit('browser-window-created', {}, window);
    window.emit('session-end', { reasons: ['logoff'] });
  }
  expect(causes).toEqual(['session-end', 'session-end']);
});

test.each(SIGNALS)('%s reaches the app alone: no handler of Electron or a package ends it at the second one', (signal) => {
  const causes: string[] = [];
  const earlier = vi.fn();
  process.on(signal, earlier);
  listenForTheEnd((cause) => causes.push(cause));
  process.emit(signal);
  process.emit(signal);
  expect(causes).toEqual([signal, signal]);
  expect(earlier).not.toHaveBeenCalled();
});
