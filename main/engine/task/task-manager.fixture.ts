/** Tasks without a process: shared by the tests of the task manager. */
import { type HostEvent, SessionId, type TaskId } from '../../../preload/contract/index.ts';
import type { BoundedText, Clock, Logger, PtyHost, PtySpawn, PtyUpdate, PtyView } from '../ports.ts';
import { createTasks } from './index.ts';
import type { StartTask } from './task-api.ts';

export const SESSION = SessionId.parse('s1');
export const text = (head: string): BoundedText => ({
  head,
  tail: '',
  omittedChars: 0,
  totalBytes: head.length,
  droppedBytes: 0,
  isBinary: false,
});

/** A clock whose timers run when the test advances it. */
function manualClock(): Clock & { advance(ms: number): void; readonly timers: number } {
  let now = 1_000_000;
  const due = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      due.add(timer);
      return () => void due.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...due].toSorted((a, b) => a.at - b.at)) {
        if (timer.at > now || !due.delete(timer)) continue;
        timer.run();
      }
    },
    get timers() {
      return due.size;
    },
  };
}

/** A pty host that only does what the test requests. */
class FakePtyHost implements PtyHost {
  readonly spawned: PtySpawn[] = [];
  readonly stops: { taskId: TaskId; force: boolean }[] = [];
  readonly forgotten: { taskId: TaskId; deleteFiles: boolean }[] = [];
  readonly views: PtyView[] = [];
  readonly acks: number[] = [];
  isClosed = false;
  answer: Promise<BoundedText> = Promise.resolve(text('so far'));
  endsOnStop = true;
  private listener: ((update: PtyUpdate) => void) | undefined;
  private onSpawn: (() => void)[] = [];

  spawn(request: PtySpawn): void {
    this.spawned.push(request);
    for (const run of this.onSpawn) run();
    this.onSpawn = [];
  }
  write(): void {}
  stop(taskId: TaskId, { force }: { force: boolean }): void {
    this.stops.push({ taskId, force });
    if (this.endsOnStop) this.end(taskId, { signal: 15 });
  }
  attach(view: PtyView): void {
    this.views.push(view);
  }
  detach(): void {}
  ack(_viewer: unknown, parsedBytes: number): void {
    this.acks.push(parsedBytes);
  }
  resize(): void {}
  focus(): void {}
  readText(): Promise<BoundedText> {
    return this.answer;
  }
  forget(taskId: TaskId, { deleteFiles }: { deleteFiles: boolean }): void {
    this.forgotten.push({ taskId, deleteFiles });
  }
  onUpdate(listener: (update: PtyUpdate) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  send(update: PtyUpdate): void {
    this.listener?.(update);
  }
  started(taskId: TaskId, pid = 4242): void {
    this.send({ kind: 'started', taskId, pid, backend: 'pty' });
  }
  end(taskId: TaskId, end: { exitCode?: number; signal?: number; error?: string }, output = 'done\n'): void {
    this.send({ kind: 'ended', taskId, end, outputBytes: output.length, droppedBytes: 0, lastLine: 'done', text: text(output) });
  }
  nextSpawn(): Promise<void> {
    return new Promise((done) => this.onSpawn.push(done));
  }
}

export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** The tasks of an engine over a pty host that only does what the test requests; files go into `folder`. */
export function setUp(folder: string) {
  const clock = manualClock();
  const hosts: FakePtyHost[] = [];
  const events: HostEvent[] = [];
  const next = new FakePtyHost();
  const tasks = createTasks({
    openPtyHost: () => {
      const host = hosts.length === 0 ? next : new FakePtyHost();
      hosts.push(host);
      return host;
    },
    clock,
    logger: silent,
    emit: (event) => void events.push(event),
  });
  const request = (more: Partial<StartTask> = {}): StartTask => ({
    sessionId: SESSION,
    outputDir: folder,
    command: 'true',
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', SECRET_FREE: 'yes' },
    placement: 'foreground',
    ...more,
  });
  const begin = async (more: Partial<StartTask> = {}, signal?: AbortSignal) => {
    const host = hosts.at(-1) ?? next;
    const spawned = host.nextSpawn();
    const task = tasks.start(request(more), signal);
    await spawned;
    host.started(task.id);
    return task;
  };
  const statuses = (taskId: TaskId) =>
    events.flatMap((event) => (event.event === 'task.changed' && event.data.task.id === taskId ? [event.data.task.status] : []));
  return { tasks, clock, hosts, host: next, events, request, begin, statuses };
}
