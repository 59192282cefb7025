import { type HostEvent, isTerminalStatus, type SessionId, type TaskId, type TaskSummary } from '../../preload/contract/index.ts';
import type { Rig } from '../../e2e/support/model-server.ts';

export interface StartedTasks {
  readonly sessionId: SessionId;
  /** The running tasks, with their processes. */
  readonly tasks: readonly TaskSummary[];
  /** In the same order. */
  readonly ended: Promise<readonly TaskSummary[]>;
}

/** Makes the model start these commands in the background, in one answer. */
export async function startTasks(rig: Rig, commands: readonly string[]): Promise<StartedTasks> {
  const sessionId = await rig.newSession();
  const running = new Map<TaskId, TaskSummary>();
  const over = new Map<TaskId, TaskSummary>();
  const allRun = Promise.withResolvers<void>();
  const allEnded = Promise.withResolvers<void>();
  const stop = rig.client.onEvent((event: HostEvent) => {
    if (event.event !== 'task.changed' || event.data.task.sessionId !== sessionId) return;
    const { task } = event.data;
    if (task.pid !== undefined) running.set(task.id, task);
    if (isTerminalStatus(task.status)) over.set(task.id, task);
    if (running.size === commands.length) allRun.resolve();
    if (over.size !== commands.length) return;
    stop();
    allEnded.resolve();
  });
  const text = commands.map((command) => `RUN& ${command}`).join('\n');
  await rig.client.request('session.prompt', { sessionId, text, localId: 'start' });
  await allRun.promise;
  const tasks = [...running.values()];
  return { sessionId, tasks, ended: allEnded.promise.then(() => tasks.flatMap(({ id }) => over.get(id) ?? [])) };
}
