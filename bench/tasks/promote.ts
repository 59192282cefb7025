/** From the request to move a command to the background to the result with which the agent continues. */
import type { HostEvent, TaskSummary } from '../../preload/contract/index.ts';
import { type Rig, startRig } from '../../e2e/support/model-server.ts';
import { type Figures, quantile, rounded } from './figures.ts';

const TIMES = 200;

export async function measurePromote(): Promise<Figures> {
  const rig = await startRig();
  try {
    const timesMs: number[] = [];
    for (let i = 0; i < TIMES; i += 1) timesMs.push(await promoteOne(rig, i));
    return {
      times: TIMES,
      medianMs: rounded(quantile(timesMs, 0.5), 2),
      p99Ms: rounded(quantile(timesMs, 0.99), 2),
      maxMs: rounded(quantile(timesMs, 1), 2),
    };
  } finally {
    await rig.close();
  }
}

async function promoteOne({ client, newSession }: Rig, index: number): Promise<number> {
  const sessionId = await newSession();
  const running = Promise.withResolvers<TaskSummary>();
  const result = Promise.withResolvers<number>();
  const over = Promise.withResolvers<void>();
  const stop = client.onEvent((event: HostEvent) => {
    if (event.event === 'task.changed' && event.data.task.sessionId === sessionId && event.data.task.pid !== undefined) {
      running.resolve(event.data.task);
    }
    if (event.event === 'turn.ended' && event.data.sessionId === sessionId) over.resolve();
    if (event.event !== 'item.changed' || event.data.sessionId !== sessionId) return;
    const { item } = event.data;
    if (item.kind === 'tool' && item.display.kind === 'shell' && item.display.outcome === 'promoted') result.resolve(performance.now());
  });
  await client.request('session.prompt', { sessionId, text: 'RUN echo begun; exec sleep 600', localId: `promote-${index}` });
  const task = await running.promise;
  const sentAt = performance.now();
  await client.request('task.promote', { taskId: task.id });
  const took = (await result.promise) - sentAt;
  await over.promise;
  stop();
  await client.request('task.stop', { taskId: task.id, force: true });
  await client.request('session.detach', { sessionId });
  return took;
}
