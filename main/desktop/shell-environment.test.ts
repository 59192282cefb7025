import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../local/logger.ts';
import { createShellEnvironment, readOwnEnvironment, withoutAdded } from './shell-environment.ts';

test('an app started from a terminal keeps the environment it was started with', async () => {
  const started = { TERM: 'xterm-256color', PATH: '/given' };
  expect(await createShellEnvironment(silentLogger, { started, current: { ...started, GDK_BACKEND: 'x11' } })()).toBe(started);
});

test.skipIf(process.platform === 'win32')("an app started by double-click gets the login shell's PATH, which is read once", async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] }); // the shell may answer, however slow the machine is
  onTestFinished(() => void vi.useRealTimers());
  const started = { PATH: '/launcher', GIVEN: 'kept' };
  const environment = createShellEnvironment(silentLogger, { started, current: started });
  const read = await environment();
  expect(read).toMatchObject({ GIVEN: 'kept' });
  expect(read['PATH']).not.toBe('/launcher');
  expect(read['ZSH_TMUX_AUTOSTARTED']).toBeUndefined();
  expect(await environment()).toBe(read);
});

test.each([
  ['set by Electron', {}, 'x11', 'x11', undefined],
  ['changed by Electron', { V: 'wayland' }, 'x11', 'x11', 'wayland'],
  ["the user's, from the start", { V: 'x11' }, 'x11', 'x11', 'x11'],
  ["the user's, from the shell's files", {}, undefined, 'x11', 'x11'],
  ["Electron's, overridden in the shell's files", {}, 'x11', 'wayland', 'wayland'],
])('a variable that is %s', (_what, started, current, read, expected) => {
  const own = { started, current: current === undefined ? {} : { V: current } };
  expect(withoutAdded(read === undefined ? {} : { V: read }, own)['V']).toBe(expected);
});

test('what the query of the shell sets is left out, unless the user had set it', () => {
  const read = { DISABLE_AUTO_UPDATE: 'true', ZSH_TMUX_AUTOSTARTED: 'true', ZSH_TMUX_AUTOSTART: 'false', PATH: '/bin' };
  expect(withoutAdded(read, { started: {}, current: {} })).toEqual({ PATH: '/bin' });
  expect(withoutAdded(read, { started: { ZSH_TMUX_AUTOSTART: 'true' }, current: {} })).toEqual({
    PATH: '/bin',
    ZSH_TMUX_AUTOSTART: 'true',
  });
});

test('the environment of the start is read where the system keeps it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-environ-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'environ'), 'PATH=/bin\0EMPTY=\0EQUALS=a=b\0not a variable\0');
  const current = { PATH: '/bin', GDK_BACKEND: 'x11' };
  expect(readOwnEnvironment(current, join(folder, 'environ'))).toEqual({ started: { PATH: '/bin', EMPTY: '', EQUALS: 'a=b' }, current });
});

test.runIf(process.platform === 'linux')(
  'where the system does not keep it, the variables that Electron is known to set are left out',
  () => {
    const current = { PATH: '/bin', GDK_BACKEND: 'x11' };
    expect(readOwnEnvironment(current, '/nowhere/environ')).toEqual({ started: { PATH: '/bin' }, current });
  },
);
