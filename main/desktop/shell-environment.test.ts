import { expect, onTestFinished, test, vi } from 'vitest';
import type { Logger } from '../engine/index.ts';
import { createShellEnvironment } from './shell-environment.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('an app started from a terminal keeps the environment it was given', async () => {
  const own = { TERM: 'xterm-256color', PATH: '/given' };
  expect(await createShellEnvironment(silent, own)()).toBe(own);
});

test.skipIf(process.platform === 'win32')("a double-clicked app gets the login shell's PATH over its own, and is asked once", async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] }); // however slow the machine, the shell may answer
  onTestFinished(() => void vi.useRealTimers());
  const environment = createShellEnvironment(silent, { PATH: '/launcher', GIVEN: 'kept' });
  const read = await environment();
  expect(read).toMatchObject({ GIVEN: 'kept' });
  expect(read['PATH']).not.toBe('/launcher');
  expect(await environment()).toBe(read);
});
