/**
 * A second process that uses a session file, for two-writers.test.ts.
 * `append <file> <count>`: appends like a program without leases, chaining its records to its own; then ends.
 * `hold <base path>`: acquires the lease like another Gantry, prints that it did, and stays until it is killed.
 */
import { appendFileSync } from 'node:fs';
import { acquireLease } from './session-lease.ts';

const [mode, path = '', count = '0'] = process.argv.slice(2);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

if (mode === 'append') {
  let parentUuid: string | null = 'ours-0';
  for (let at = 0; at < Number(count); at += 1) {
    const uuid = `theirs-${at}`;
    const message = { role: 'user', parts: [{ text: 'x'.repeat((at * 997) % 20_000) }] };
    appendFileSync(path, `${JSON.stringify({ uuid, parentUuid, sessionId: 's', type: 'user', cwd: '/p', message })}\n`);
    parentUuid = uuid;
  }
} else {
  const clock = { now: () => Date.now(), after: () => () => undefined };
  const result = await acquireLease({ basePath: path, host: 'desktop', clock, logger: silent });
  console.log(result.held ? 'held' : 'refused');
  setInterval(() => undefined, 1000);
}
