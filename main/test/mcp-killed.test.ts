import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isGroupAlive } from '../pty-host/process/process-group.ts';

const APP = fileURLToPath(new URL('./support/mcp-app.fixture.ts', import.meta.url));
const SERVER = fileURLToPath(new URL('../engine/mcp/hostile-server.fixture.ts', import.meta.url));

test('after kill -9 of the app no server runs, not even one that ignores SIGTERM, nor anything that a server has started', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-mcp-')));
  const server = (how: string) => ({
    command: '/bin/sh',
    args: ['-c', `echo $$ > ${base}/${how}; exec "$0" "$@"`, process.execPath, SERVER, how],
    discoveryTimeoutMs: 15_000,
  });
  mkdirSync(join(base, 'project', '.qwen'), { recursive: true });
  const mcpServers = { stubborn: server('ignore-term'), parent: server('child') };
  writeFileSync(join(base, 'project', '.qwen', 'settings.json'), JSON.stringify({ mcpServers }));
  const app = spawn(process.execPath, [APP, base, join(base, 'project')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, fail) => {
    app.stdout.on('data', () => ready());
    app.once('exit', () => fail(new Error('the app has ended')));
  });
  const pids = ['ignore-term', 'child'].map((how) => Number(readFileSync(join(base, how), 'utf8')));
  expect(pids.map(isGroupAlive)).toEqual([true, true]);
  app.kill('SIGKILL');
  await expect.poll(() => pids.map(isGroupAlive)).toEqual([false, false]);
  rmSync(base, { recursive: true, force: true });
});
