import { expect, onTestFinished, test, vi } from 'vitest';
import type { Logger } from '../engine/index.ts';
import { createShellEnvironment } from './shell-environment.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('an app started from a terminal keeps its inherited environment', async () => {
  const own = { TERM: 'xterm-256color', PATH: '/given' };
  expect(await createShellEnvironment(silent, own)()).toBe(own);
});

test.skipIf(process.platform === 'win32')("an app started by double-click gets the login shell's PATH, which is read once", async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] }); // the shell may answer, however slow the machine is
  onTestFinished(() => void vi.useRealTimers());
  const environment = createShellEnvironment(silent, { PATH: '/launcher', GIVEN: 'kept' });
  const read = await environment();
  expect(read).toMatchObject({ GIVEN: 'kept' });
  expect(read['PATH']).not.toBe('/launcher');
  expect(await environment()).toBe(read);
});
