/** A steady 5 MB/s for 20 s: does a viewer over WebSocket that acks at once see every byte? */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openViewer } from '../../e2e/promotions/viewer.ts';
import { startRig } from '../../e2e/support/model-server.ts';
import { expectedOutput, type Figures, generated, generator, rounded } from './figures.ts';
import { startTasks } from './start-tasks.ts';

const BYTES_PER_SECOND = 5_000_000;
const SECONDS = 20;

export async function measureSteady(): Promise<Figures> {
  const rig = await startRig();
  try {
    const summary = join(rig.scratchDir, 'steady');
    const started = await startTasks(rig, [generator(summary, BYTES_PER_SECOND * SECONDS, BYTES_PER_SECOND)]);
    const [task] = started.tasks;
    if (task === undefined) throw new Error('the command did not start');
    const viewer = await openViewer(rig.client, task.id, { eager: true });
    const run = await generated(summary);
    const [ended] = await started.ended;
    await viewer.reached(ended?.outputBytes ?? 0);
    const expected = expectedOutput(run.bytes).subarray(viewer.fromBytes());
    return {
      megabytes: rounded(run.bytes / 1e6, 0),
      megabytesPerSecond: rounded(run.bytes / 1000 / (run.endMs - run.startMs), 2),
      freshReplays: viewer.replays() - 1,
      bytesBeforeTheViewer: viewer.fromBytes(),
      everyByteSince: viewer.replays() === 1 && viewer.hash() === createHash('sha256').update(expected).digest('hex'),
      bytesDropped: ended?.droppedBytes,
    };
  } finally {
    await rig.close();
  }
}
