/** An app for the test to kill: starts one command on a real pty host and reports it. Arguments: its ledger folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTasks } from '../engine/task/index.ts';
import { openLedger } from './ledger.ts';
import { PTY_HOST_ENTRY } from './install-paths.ts';
import { SESSION, systemClock } from './live-tasks.fixture.ts';
import { createPtyClient, forkPtyHost } from './pty-client.ts';
import { createProcessGuard } from './watchdog.ts';

const folder = process.argv[2] ?? '';
const command = process.argv[3] ?? '';
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let host = 0;
const tasks = createTasks({
  openPtyHost: () => {
    const channel = forkPtyHost(PTY_HOST_ENTRY, { env: process.env });
    host = channel.pid ?? 0;
    return createPtyClient(channel, logger, createProcessGuard({ logger, ledger: openLedger(join(folder, 'ledger'), logger) }));
  },
  clock: systemClock,
  logger,
  emit: () => undefined,
});
const task = tasks.start({
  sessionId: SESSION,
  outputDir: folder,
  command,
  cwd: folder,
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  placement: 'background',
});
await task.outcome;
const raw = join(folder, `shell-${task.id}.raw`);
const poll = setInterval(() => {
  const text = existsSync(raw) ? readFileSync(raw, 'utf8') : ''; // the pty host creates it later
  if (!text.includes('ready')) return;
  clearInterval(poll);
  const pids = [...text.matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));
  process.send?.({ host, taskId: task.id, leader: tasks.get(task.id)?.pid, pids });
}, 20);
setInterval(() => undefined, 60_000); // keeps the app running until it is killed
