import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Client } from '../../renderer/rpc/client.ts';
import { startRig } from '../support/model-server.ts';
import { processesWith } from '../support/processes.ts';

/** Programs that end when asked, that ignore HUP and TERM, and that have children of their own. */
const commandsMarked = (mark: string) => [
  ...Array.from({ length: 4 }, (_unused, index) => `: ${mark}; while true; do echo ${index}; sleep 0.1; done`),
  ...Array.from({ length: 3 }, () => `: ${mark}; trap '' HUP TERM; while true; do sleep 1; done`),
  ...Array.from({ length: 3 }, () => `: ${mark}; (trap '' HUP TERM; MARK=${mark} sleep 600) & MARK=${mark} sleep 600`),
];

async function allRunning(client: Client, count: number): Promise<void> {
  await expect
    .poll(async () => (await client.request('task.list', {})).tasks.filter((task) => task.status === 'running').length)
    .toBe(count);
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'BT-18 ten running tasks leave no process when the server ends by %s',
  { timeout: 60_000 },
  async (signal) => {
    const mark = `gantry-mark-${randomUUID()}`;
    const rig = await startRig();
    try {
      const sessionId = await rig.newSession();
      const text = commandsMarked(mark)
        .map((command) => `RUN& ${command}`)
        .join('\n');
      await rig.client.request('session.prompt', { sessionId, text, localId: 'ten' });
      await allRunning(rig.client, 10);
      await expect.poll(async () => (await processesWith(mark)).length).toBeGreaterThanOrEqual(10);
      rig.client.close();

      rig.server.process.kill(signal);
      await once(rig.server.process, 'exit');

      await expect.poll(() => processesWith(mark)).toEqual([]);
      await expect.poll(() => processesWith(rig.home)).toEqual([]);
    } finally {
      await rig.close();
    }
  },
);
