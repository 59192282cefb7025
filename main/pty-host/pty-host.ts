/**
 * The pty host: owns every task, every viewer and every process group of its owner, and nothing else.
 * `createPtyHost` is the whole of it without a process around it; main.ts gives it a channel.
 */
import { compileKeys, type KnownKeys, type TaskId, type TaskNotice, type ViewerId } from '../../preload/contract/index.ts';
import type { Child, ChildEvents, Spawner } from './process/child-process.ts';
import { createGroups } from './process/groups.ts';
import { createLoad } from './load.ts';
import { EMPTY_TEXT, type FromPtyHost, type SpawnRequest, type ToPtyHost, type ViewRequest } from './protocol.ts';
import { PtyTask, type TaskLimits } from './pty-task.ts';
import { readEndedHistory, readEndedScreen } from './screen/replay-files.ts';
import { spawnPipe } from './process/spawn-pipe.ts';

export interface PtyHostOptions {
  readonly post: (message: FromPtyHost) => void;
  /** Undefined when node-pty could not be loaded; every command then carries `why` as its notice. */
  readonly spawnPty: Spawner | undefined;
  readonly why?: string;
  readonly limits?: Partial<TaskLimits>;
  /** Called with the size of each chunk of output. */
  readonly onBytes?: (bytes: number) => void;
}

export interface PtyHostCore {
  handle(message: ToPtyHost): void;
  /** Stops every group, flushes every file, then resolves. */
  close(): Promise<void>;
}

/**
 * A forgotten task stays in memory at most this long for a viewer that does not ack (a hidden page parses nothing).
 * When the viewer acks later, it gets the last screen from the files. Unit: ms.
 */
const LINGER_MS = 30_000;

export function createPtyHost(options: PtyHostOptions): PtyHostCore {
  const { post } = options;
  const load = createLoad();
  const tasks = new Map<TaskId, PtyTask>();
  const lingering = new Map<PtyTask, () => void>();
  const viewed = new Map<ViewerId, PtyTask>();
  /** Viewers that have not seen the end of a task that has left memory. */
  const pendingReplays = new Map<ViewerId, ViewRequest>();
  /** Ends and disposals of tasks that are under way; `close` awaits them. */
  const unfinished = new Set<Promise<void>>();
  const groups = createGroups((taskId, pid, alive) => post({ t: 'group', taskId, pid, alive }));

  /** Nearly all commands have the same keys. */
  let lastKeys: { readonly values: string; readonly keys: KnownKeys | undefined } | undefined;
  const keysOf = ({ keys = [] }: SpawnRequest): KnownKeys | undefined => {
    const values = JSON.stringify(keys);
    if (lastKeys?.values !== values) lastKeys = { values, keys: compileKeys(keys) };
    return lastKeys.keys;
  };

  const spawn = (request: SpawnRequest) => {
    const task = new PtyTask({
      request,
      keys: keysOf(request),
      load,
      update: (update) => post({ t: 'update', update }),
      send: (frame) => post({ t: 'output', frame }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    tasks.set(request.taskId, task);
    let pid = 0;
    let isOver = false;
    const events: ChildEvents = {
      onData: (bytes, stream) => {
        options.onBytes?.(bytes.length);
        if (!isOver) task.data(bytes, stream);
      },
      onEnd: (end) => {
        if (isOver) {
          groups.leaderEnded(pid); // it was killed after its task failed
          return;
        }
        isOver = true;
        track(task.end(end).catch((error: unknown) => logError('a task could not be finished', error)));
        groups.leaderEnded(pid);
      },
    };
    try {
      const { child, notice } = start(request, events);
      pid = child.pid;
      if (pid === 0) return; // its 'error' event ends the task
      groups.add(request.taskId, pid);
      task.started(child, notice);
    } catch (error) {
      if (pid > 0) groups.stop(pid, { force: true });
      events.onEnd({ error: `The command could not be started: ${messageOf(error)}` });
    }
  };

  const start = (request: SpawnRequest, events: ChildEvents): { child: Child; notice?: TaskNotice } => {
    let why = options.why ?? '';
    if (options.spawnPty !== undefined) {
      try {
        return { child: options.spawnPty(request, events) };
      } catch (error) {
        why = messageOf(error);
      }
    }
    return { child: spawnPipe(request, events), notice: { code: 'no_terminal', reason: why } };
  };

  const attach = (view: ViewRequest) => {
    const task = tasks.get(view.taskId);
    if (task === undefined) {
      void attachToFiles(view, post);
      return;
    }
    viewed.set(view.viewerId, task);
    task.attach(view);
  };

  const forget = (taskId: TaskId, deleteFiles: boolean) => {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    tasks.delete(taskId);
    const finish = () => {
      lingering.delete(task);
      clearTimeout(timer);
      for (const [viewerId, watched] of viewed) if (watched === task) viewed.delete(viewerId);
      const { rawPath } = task.request;
      for (const { willAck, ...viewer } of deleteFiles ? [] : task.viewers.pending()) {
        pendingReplays.set(viewer.viewerId, { ...viewer, taskId, focused: false, rawPath });
        if (!willAck) deliverReplay(viewer.viewerId);
      }
      track(task.dispose(deleteFiles));
    };
    const timer = setTimeout(finish, LINGER_MS).unref();
    lingering.set(task, finish);
    disposeWhenDelivered(task);
  };

  /** Disposes of a forgotten task as soon as every viewer has its last screen. */
  const disposeWhenDelivered = (task: PtyTask) => {
    if (!task.viewers.hasPending) lingering.get(task)?.();
  };

  const withViewer = (viewerId: ViewerId, act: (task: PtyTask) => void) => {
    const task = viewed.get(viewerId);
    if (task === undefined) return;
    act(task);
    disposeWhenDelivered(task);
  };

  const deliverReplay = (viewerId: ViewerId) => {
    const view = pendingReplays.get(viewerId);
    pendingReplays.delete(viewerId);
    if (view !== undefined) void attachToFiles(view, post);
  };

  const track = (work: Promise<void>) => {
    unfinished.add(work);
    void work.finally(() => unfinished.delete(work));
  };

  const logError = (message: string, error: unknown) =>
    post({ t: 'log', level: 'error', message, fields: { error: error instanceof Error ? (error.stack ?? error.message) : String(error) } });

  const close = async () => {
    await groups.close();
    await Promise.all(unfinished);
    for (const task of tasks.values()) await task.dispose(false);
    for (const finish of [...lingering.values()]) finish();
    await Promise.all(unfinished);
    tasks.clear();
    viewed.clear();
    pendingReplays.clear();
  };

  const handle = (message: ToPtyHost) => {
    switch (message.t) {
      case 'spawn':
        spawn(message.request);
        return;
      case 'write':
        tasks.get(message.taskId)?.write(message.data);
        return;
      case 'stop': {
        const pid = tasks.get(message.taskId)?.pid;
        if (pid !== undefined) groups.stop(pid, { force: message.force });
        return;
      }
      case 'attach':
        attach(message.view);
        return;
      case 'detach':
        pendingReplays.delete(message.viewerId);
        withViewer(message.viewerId, (task) => {
          task.viewers.detach(message.viewerId);
          viewed.delete(message.viewerId);
          task.applySize();
        });
        return;
      case 'ack':
        withViewer(message.viewerId, (task) => task.viewers.ack(message.viewerId, message.parsedBytes));
        deliverReplay(message.viewerId);
        return;
      case 'resize':
        withViewer(message.viewerId, (task) => {
          task.viewers.setSize(message.viewerId, message.cols, message.rows);
          task.applySize();
        });
        return;
      case 'focus':
        withViewer(message.viewerId, (task) => {
          task.viewers.focus(message.viewerId);
          task.applySize();
        });
        return;
      case 'readText':
        post({ t: 'text', requestId: message.requestId, text: tasks.get(message.taskId)?.readText() ?? EMPTY_TEXT });
        return;
      case 'forget':
        forget(message.taskId, message.deleteFiles);
        return;
      case 'close':
        void close().then(() => post({ t: 'closed' }));
    }
  };

  return {
    handle(message) {
      try {
        handle(message);
      } catch (error) {
        logError(`the message ${message.t} failed`, error);
      }
    },
    close,
  };
}

/** Sends one replay of a task of an earlier run: its last screen, or the end of its raw log. */
async function attachToFiles(view: ViewRequest, post: (message: FromPtyHost) => void): Promise<void> {
  const rawPath = view.rawPath ?? '';
  const files = { rawPath, screenPath: rawPath.replace(/\.raw$/, '.screen'), cols: view.cols, rows: view.rows };
  const shown = await (view.historyBytes === undefined ? readEndedScreen(files) : readEndedHistory(files, view.historyBytes));
  const { offsetBytes, cols, rows, skipped, bytes } = shown;
  post({ t: 'output', frame: { t: 'output', kind: 'replay', viewerId: view.viewerId, offsetBytes, cols, rows, skipped, bytes } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
