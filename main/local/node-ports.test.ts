import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TaskId } from '../../preload/contract/index.ts';
import type { PtyUpdate } from '../engine/ports.ts';
import { PTY_HOST_ENTRY } from './install-paths.ts';
import { createNodePorts } from './node-ports.ts';

function setUp() {
  const home = mkdtempSync(join(tmpdir(), 'gantry-ports-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const environment = { PATH: process.env['PATH'], GANTRY_HOME: join(home, 'state') };
  return { home, ports: createNodePorts({ environment, hostKind: 'cli', version: '1.2.3', trustedEndpoints: ['https://a'], home }) };
}

test('paths follow the given environment and home, and nothing is created on disk', async () => {
  const { home, ports } = setUp();
  expect(ports.paths).toMatchObject({ home, qwenHome: join(home, '.qwen'), gantryHome: join(home, 'state') });
  expect(ports).toMatchObject({ host: { kind: 'cli', version: '1.2.3' }, trustedEndpoints: ['https://a'] });
  expect((await ports.environment())['GANTRY_HOME']).toBe(join(home, 'state'));
  expect(existsSync(join(home, 'state'))).toBe(false);
});

test('the pty host of these ports runs a command and ends when it is closed', async () => {
  expect(existsSync(PTY_HOST_ENTRY)).toBe(true);
  const { home, ports } = setUp();
  const host = ports.openPtyHost();
  const ended = new Promise<PtyUpdate>((resolve) => {
    host.onUpdate((update) => {
      if (update.kind === 'ended' || update.kind === 'lost') resolve(update);
    });
  });
  const file = (name: string) => join(home, name);
  host.spawn({
    taskId: TaskId.parse('bg_00000001'),
    shell: '/bin/sh',
    args: ['-c', 'printf "it works"'],
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '' },
    rawPath: file('raw'),
    textPath: file('text'),
    screenPath: file('screen'),
    cols: 80,
    rows: 24,
  });
  expect(await ended).toMatchObject({ kind: 'ended', end: { exitCode: 0 }, text: { head: 'it works' } });
  await host.close();
});
