/**
 * The commands of this run, for all sessions: starts them, applies every input to their state, applies the effects, emits the events.
 *
 * Flow: start -> check shell and folder -> pty host spawns -> updates arrive -> transition -> effects. A promotion
 * changes a field and releases the caller; the process is not affected. When the pty host dies, its tasks fail with the state that is
 * known, and the next command opens a new one.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostEvent, OutputFrame, SessionId, TaskId, TaskSummary, ViewerId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { BoundedText, Clock, Logger, PtyHost, PtyUpdate } from '../ports.ts';
import { MAX_MONITORS } from './monitor.ts';
import { createPruner } from './prune-files.ts';
import { createPtyHostSlot } from './pty-host-slot.ts';
import { readOutputPiece } from './read-output.ts';
import { checkSpawn, commandEnvironment, DEFAULT_SHELLS, applySandbox, type Shell, type SpawnRun } from './spawn-plan.ts';
import { NO_TEXT, Task } from './task.ts';
import { LISTED_ENDED_TASKS, type RunningTask, type StartTask, type Tasks, type TaskView } from './task-api.ts';
import { createTaskFeed } from './task-feed.ts';
import { newTaskId, taskIdForCall } from './task-id.ts';
import { leavesFiles, removeEmptyFiles } from './task-files.ts';
import { createTaskNotices, findMonitors } from './task-notices.ts';
import type { TaskEffect, TaskInput } from './task-state.ts';
import { transition } from './task-state.ts';
import { createViewerRoutes } from './viewer-routes.ts';

export interface RunTasksOptions {
  readonly openPtyHost: () => PtyHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: HostEvent) => void;
  /** Replaces the search for bash or sh. */
  readonly shell?: Shell;
  /** The keys that commands must not print; absent: none. */
  readonly keys?: () => Promise<readonly string[]>;
  /** A monitor of this session has lines for the model; called for each batch. */
  readonly onMonitorLines?: (sessionId: SessionId) => void;
}

/** The commands of this run, and access to the files of earlier ones. */
export interface RunTasks extends Tasks {
  /** Attaches a viewer to an ended task of which only the files are left: it receives one replay. */
  attachToFiles(view: TaskView, rawPath: string, deliver: (frame: OutputFrame) => void): ViewerId;
}

/** The number of ended foreground commands whose ids are kept, so that a late request gets "ended" instead of "unknown". */
const REMEMBERED_TASKS = 200;
const DEFAULT_SIZE = { cols: 120, rows: 40 };

export function createRunTasks(options: RunTasksOptions): RunTasks {
  const { clock, logger } = options;
  const shells = options.shell === undefined ? DEFAULT_SHELLS : [options.shell];
  const tasks = new Map<TaskId, Task>();
  const forgotten = new Map<TaskId, Task>();
  const prune = createPruner({
    clock,
    logger,
    isRunning: (taskId) => [...tasks.values()].some((task) => task.id === taskId && !task.isTerminal),
  });
  const feed = createTaskFeed({ clock, logger, emit: options.emit });
  let isClosed = false;

  const pty = createPtyHostSlot({
    open: options.openPtyHost,
    onUpdate: (update) => receive(update),
    onLost(lost, message) {
      for (const task of [...tasks.values()]) if (task.isSpawned) apply(task, { kind: 'ended', end: { error: message } });
      viewers.move(lost);
    },
  });
  const viewers = createViewerRoutes(pty.ensure);

  const receive = (update: Exclude<PtyUpdate, { kind: 'lost' }>) => {
    const task = tasks.get(update.taskId);
    if (task === undefined || task.isTerminal) return;
    if (update.kind === 'started') {
      task.pid = update.pid;
      task.notice = update.notice ?? task.notice;
      apply(task, { kind: 'started' });
      if (task.state.placement === 'background') void releaseToBackground(task);
      return;
    }
    if (update.kind === 'lines') {
      updateMonitor(task, () => task.monitor?.push(update.lines, update.droppedLines));
      return;
    }
    task.updateOutput(update);
    if (update.kind === 'progress') {
      task.notice = update.notice ?? task.notice;
      feed.progressed(task);
      return;
    }
    task.text = update.text;
    apply(task, { kind: 'ended', end: update.end });
  };

  /** Updates a monitor; it may then have lines to report, or reach its end. */
  const updateMonitor = (task: Task, update: () => unknown) => {
    update();
    if (task.monitor?.wantsStop !== undefined) apply(task, { kind: 'stop', reason: 'monitor', force: false });
    if (task.monitor?.hasLines === true) options.onMonitorLines?.(task.request.sessionId);
  };

  /** Returns the error if the input was refused. */
  const apply = (task: Task, input: TaskInput): EngineError | undefined => {
    const step = transition(task.state, input);
    if (!step.ok) return new EngineError(step.code, step.message, { data: { taskId: task.id } });
    const hasChanged = step.state.status !== task.state.status || step.state.placement !== task.state.placement;
    task.state = step.state;
    for (const effect of step.effects) applyEffect(task, effect);
    if (hasChanged && !task.isTerminal) {
      task.writeStatus();
      feed.changed(task);
    }
    return undefined;
  };

  const applyEffect = (task: Task, effect: TaskEffect) => {
    switch (effect.kind) {
      case 'stopProcess':
        if (task.isSpawned) pty.current?.stop(task.id, { force: effect.force });
        return;
      case 'clearTimeout':
        task.clearTimeout();
        return;
      case 'releaseCaller':
        task.stopListeningToAbort();
        void releaseToBackground(task);
        return;
      case 'finish':
        finish(task);
    }
  };

  /** The reported state is that of the moment the text is read; the task may have ended by then (BT-24). */
  const releaseToBackground = async (task: Task) => {
    const read = task.isTerminal || !task.isSpawned ? task.text : ((await pty.current?.readText(task.id)) ?? NO_TEXT);
    if (task.isReleased) return;
    if (task.isTerminal) task.isReported = true;
    task.release({ kind: 'in_background', task: task.summary(), text: task.isTerminal ? task.text : read });
  };

  const finish = (task: Task) => {
    task.endedAtMs = clock.now();
    const { wasBackground, stopReason } = task.state;
    task.hasFiles = leavesFiles(task);
    if (task.isSpawned) pty.current?.forget(task.id, { deleteFiles: !task.hasFiles });
    if (task.isSpawned && pty.current === undefined && !task.hasFiles) void removeEmptyFiles(task);
    task.writeStatus();
    feed.changed(task);
    if (wasBackground) void releaseToBackground(task);
    else task.release({ kind: 'ended', task: task.summary(), text: task.text, timedOut: stopReason === 'timeout' });
    if (wasBackground) dropOldest(task.request.sessionId);
    else remove(task);
    void task.finish();
  };

  const dropOldest = (sessionId: SessionId) => {
    const finished = [...tasks.values()].filter((task) => task.request.sessionId === sessionId && task.isTerminal);
    const tooMany = finished.length - LISTED_ENDED_TASKS;
    const oldestFirst = finished.toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0));
    for (const task of oldestFirst.slice(0, Math.max(0, tooMany))) remove(task);
  };

  const remove = (task: Task) => {
    tasks.delete(task.id);
    feed.removed(task);
    forgotten.set(task.id, task);
    for (const id of forgotten.keys()) {
      if (forgotten.size <= REMEMBERED_TASKS) break;
      forgotten.delete(id);
    }
  };

  const find = (taskId: TaskId): Task => {
    const task = tasks.get(taskId) ?? forgotten.get(taskId);
    if (task !== undefined) return task;
    const known = [...tasks.keys()];
    const hint = known.length === 0 ? 'There are no tasks.' : `Known tasks: ${known.join(', ')}.`;
    throw new EngineError('task_unknown', `There is no task ${taskId}. ${hint}`, { data: { knownTaskIds: known } });
  };

  const outputPath = (taskId: TaskId): string => {
    const task = find(taskId);
    if (task.hasFiles) return task.textPath;
    throw new EngineError('file_not_found', 'The output of this command was short and was not saved to a file.', { data: { taskId } });
  };

  const change = (taskId: TaskId, input: TaskInput): TaskSummary => {
    const task = find(taskId);
    const refusal = apply(task, input);
    if (refusal !== undefined) throw refusal;
    return task.summary();
  };

  const spawn = async (task: Task) => {
    const { cwd, command, runs = command } = task.request;
    void prune(dirname(task.request.outputDir));
    const env = commandEnvironment(task.request.env, task.id);
    const [check, keys] = await Promise.all([checkSpawn(shells, cwd, env), options.keys?.() ?? []]);
    const spawnRun: SpawnRun = check.ok
      ? await applySandbox(task.request, { shell: check.shellPath, args: check.shell.argsFor(runs) })
      : check;
    if (spawnRun.ok) task.onEnded = spawnRun.ended;
    if (task.isTerminal) {
      await task.onEnded?.();
      return;
    }
    if (task.state.status === 'stopping') {
      apply(task, { kind: 'ended', end: {} }); // stopped before there was a process
      return;
    }
    if (!spawnRun.ok) {
      apply(task, { kind: 'ended', end: { error: spawnRun.error } });
      return;
    }
    const { rawPath, textPath, screenPath } = task;
    try {
      const opened = pty.ensure();
      task.isSpawned = true;
      const lines = task.monitor === undefined ? {} : { lines: true };
      opened.spawn({
        taskId: task.id,
        ...spawnRun.run,
        cwd,
        env,
        rawPath,
        textPath,
        screenPath,
        ...DEFAULT_SIZE,
        ...lines,
        ...(keys.length === 0 ? {} : { keys }),
      });
      task.runPendingActions();
      task.armAlive();
      task.armIdle(() => updateMonitor(task, () => task.monitor?.onIdle()));
      task.armTimeout(() => void apply(task, { kind: 'stop', reason: 'timeout', force: false }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      apply(task, { kind: 'ended', end: { error: `spawn_failed: the terminal process could not be started: ${reason}` } });
    }
  };

  /** A call id may occur again after a rewind. The files of the first command are then kept, and the new task gets another id. */
  const chooseId = ({ sessionId, outputDir, callId }: StartTask): TaskId => {
    const id = callId === undefined ? undefined : taskIdForCall(sessionId, callId);
    if (id === undefined || tasks.has(id) || forgotten.has(id) || existsSync(join(outputDir, `shell-${id}.raw`))) return newTaskId();
    return id;
  };

  const start = (request: StartTask, signal?: AbortSignal): RunningTask => {
    if (isClosed) throw new EngineError('closed', 'The engine is closing, so no command can be started.');
    if (
      request.monitor !== undefined &&
      findMonitors(tasks.values(), request.sessionId).filter((task) => !task.isTerminal).length >= MAX_MONITORS
    )
      throw new EngineError(
        'too_many_monitors',
        `${MAX_MONITORS} monitors are running in this session, which is the limit. Stop one first.`,
      );
    const id = chooseId(request);
    const task = new Task(id, request, clock, (error) => {
      logger.warn('the status file of a task could not be written', { taskId: id, error: String(error) });
    });
    tasks.set(id, task);
    const abort = () => void apply(task, { kind: 'stop', reason: 'abort', force: false });
    if (request.placement === 'foreground') task.listenTo(signal, abort);
    feed.changed(task);
    if (signal?.aborted === true) {
      abort();
      apply(task, { kind: 'ended', end: {} });
    } else void spawn(task);
    return { id, outcome: task.outcome };
  };

  const stopAll = async (tasksToStop: readonly Task[], reason: 'session' | 'app') => {
    for (const task of tasksToStop) apply(task, { kind: 'stop', reason, force: false });
    await Promise.all(tasksToStop.map((task) => task.ended));
  };

  return {
    start,
    get: (taskId) => (tasks.get(taskId) ?? forgotten.get(taskId))?.summary(),
    list: (sessionId) =>
      [...tasks.values()].filter((task) => sessionId === undefined || task.request.sessionId === sessionId).map((task) => task.summary()),
    promote: (taskId) => change(taskId, { kind: 'promote' }),
    stop: (taskId, { force, by }) => change(taskId, { kind: 'stop', reason: by, force }),
    async readText(taskId): Promise<BoundedText> {
      const task = find(taskId);
      if (task.isTerminal || !task.isSpawned) return task.text;
      const text = (await pty.current?.readText(taskId)) ?? NO_TEXT;
      return task.isTerminal ? task.text : text;
    },
    outputPath,
    readOutput: async (taskId, { offsetBytes, maxBytes }) => readOutputPiece(outputPath(taskId), offsetBytes, maxBytes),
    clearEnded(sessionId) {
      for (const task of [...tasks.values()]) if (task.request.sessionId === sessionId && task.isTerminal) remove(task);
    },
    write(taskId, data) {
      const task = find(taskId);
      if (!task.isTerminal) task.whenSpawned(() => pty.current?.write(taskId, data));
    },
    attachToFiles: viewers.attach,
    attach(view: TaskView, deliver) {
      const task = find(view.taskId);
      if (task.isTerminal && !task.hasFiles)
        throw new EngineError('task_ended', 'The command has ended and its terminal is gone.', { data: { taskId: task.id } });
      return { viewerId: viewers.attach(view, task.rawPath, deliver, task), task: task.summary() };
    },
    detach: (viewerId) => viewers.detach(viewerId),
    ack: (viewerId, parsedBytes) => viewers.withHost(viewerId, (opened) => opened.ack(viewerId, parsedBytes)),
    resize: (viewerId, cols, rows) => viewers.withHost(viewerId, (opened) => opened.resize(viewerId, cols, rows)),
    focus: (viewerId) => viewers.withHost(viewerId, (opened) => opened.focus(viewerId)),
    ...createTaskNotices(() => tasks.values()),
    async closeSession(sessionId) {
      const own = [...tasks.values()].filter((task) => task.request.sessionId === sessionId);
      await stopAll(own, 'session');
      for (const task of own) if (tasks.has(task.id)) remove(task);
    },
    async close() {
      isClosed = true;
      await stopAll([...tasks.values()], 'app');
      feed.close();
      await pty.close();
      tasks.clear();
      forgotten.clear();
      viewers.clear();
    },
  };
}
