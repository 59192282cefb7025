/**
 * The background tasks of earlier runs, with their status and the output in their files. A task whose sidecar says running but whose process is gone ended with the app, and its sidecar is corrected. A
 * task whose process is alive is not listed: another app runs it, or it is a survivor (survivors.ts), or the watchdog is
 * about to end it, so it is checked again a moment later.
 */
import type { HostEvent, SessionId, TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { BoundedText, Clock, Logger, SurvivorsPort } from '../ports.ts';
import {
  earlierPaths,
  type EarlierStatus,
  readClearedAt,
  readEarlierText,
  readStatuses,
  toEarlierSummary,
  writeClearedAt,
} from './earlier-tasks-files.ts';
import { readOutputPiece } from './read-output.ts';
import { createStatusFile } from './status-file.ts';
import { type EndedTask, LISTED_ENDED_TASKS, type TaskSource } from './task-api.ts';
import type { RunTasks } from './task-manager.ts';

/** By then, the pty host and the watchdog of a killed app have ended its commands. Unit: ms. */
const LOOK_AGAIN_MS = 3000;
/** A sidecar without a pid that is younger than this may belong to a command that another app is starting. Unit: ms. */
const STARTING_MS = 10_000;

/** A request for a session's earlier tasks. `isHeldElsewhere`: another app writes this session, so its sidecars are not corrected. */
export interface RecallRequest {
  readonly sessionId: SessionId;
  readonly outputDir: string;
  readonly isHeldElsewhere: boolean;
}

export interface EarlierTasks extends TaskSource {
  /** The first call reads the session's folder, later calls only the tasks that were still open. Resolves when `list` includes them; never rejects. */
  recall(request: RecallRequest): Promise<void>;
  /** Tasks that ended with the app and were not taken as notices yet. */
  interrupted(sessionId: SessionId): readonly TaskSummary[];
}

export interface EarlierTasksOptions {
  /** The commands of this run, which are no earlier tasks although they have files too. */
  readonly run: Pick<RunTasks, 'get' | 'attachToFiles'>;
  readonly survivors: SurvivorsPort | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: HostEvent) => void;
}

interface Earlier {
  readonly summary: TaskSummary;
  readonly folder: string;
  /** The output of a task whose end was not reported to the model (BT-25). */
  readonly unreported?: BoundedText;
}

export function createEarlierTasks(options: EarlierTasksOptions): EarlierTasks {
  const { run, clock, logger } = options;
  const earlier = new Map<TaskId, Earlier>();
  /** By session: the tasks still open after its folder was read. */
  const open = new Map<SessionId, readonly EarlierStatus[]>();
  const recalls = new Map<SessionId, Promise<void>>();
  const folders = new Map<SessionId, string>();
  /** Times of clearing that are being written. */
  const writes = new Set<Promise<void>>();

  const isAlive = ({ taskId, pid, startTime, writtenAtMs }: EarlierStatus): boolean => {
    if (pid === undefined) return clock.now() - writtenAtMs < STARTING_MS;
    return options.survivors?.isRunning({ taskId, pid, startedAtMs: startTime }) ?? isPidUsed(pid);
  };

  const writeStatus = async (folder: string, summary: TaskSummary): Promise<void> => {
    const file = createStatusFile(earlierPaths(folder, summary.id).statusPath, (error) =>
      logger.warn('the status file of an earlier task could not be corrected', { taskId: summary.id, error: String(error) }),
    );
    file.write(summary, clock.now());
    await file.settled();
  };

  const correctEnd = async (folder: string, ended: TaskSummary): Promise<Earlier> => {
    const [unreported] = await Promise.all([readEarlierText(earlierPaths(folder, ended.id).textPath), writeStatus(folder, ended)]);
    return { summary: ended, folder, unreported };
  };

  /** Adds tasks that have ended; the others stay open. */
  const addEnded = async ({ sessionId, outputDir, isHeldElsewhere }: RecallRequest, statuses: readonly EarlierStatus[]) => {
    const isOpen = (status: EarlierStatus) => status.status === 'running' && (isHeldElsewhere || isAlive(status));
    const unknown = statuses.filter(({ taskId }) => run.get(taskId) === undefined && !earlier.has(taskId));
    const stillOpen = unknown.filter(isOpen);
    const clearedAtMs = await readClearedAt(outputDir);
    const wasCleared = ({ status, endTime, writtenAtMs }: EarlierStatus) => status !== 'running' && (endTime ?? writtenAtMs) <= clearedAtMs;
    const ended = unknown.filter((status) => !stillOpen.includes(status) && !wasCleared(status));
    const newest = ended.toSorted((a, b) => (b.endTime ?? b.writtenAtMs) - (a.endTime ?? a.writtenAtMs)).slice(0, LISTED_ENDED_TASKS);
    const chosen = ended.filter((status) => status.status === 'running' || newest.includes(status));
    const found = await Promise.all(
      chosen.map(async (status): Promise<Earlier> => {
        const summary = await toEarlierSummary(outputDir, sessionId, status);
        return status.status === 'running' ? correctEnd(outputDir, summary) : { summary, folder: outputDir };
      }),
    );
    for (const task of found) earlier.set(task.summary.id, task);
    open.set(sessionId, stillOpen);
    return found;
  };

  const recallNow = async (request: RecallRequest): Promise<void> => {
    folders.set(request.sessionId, request.outputDir);
    const known = open.get(request.sessionId);
    if (known?.length === 0) return;
    const statuses = await readStatuses(request.outputDir);
    const found = await addEnded(request, known === undefined ? statuses : statuses.filter(({ taskId }) => includesTask(known, taskId)));
    if (known !== undefined) for (const { summary } of found) options.emit({ event: 'task.changed', data: { task: summary } });
    else if ((open.get(request.sessionId)?.length ?? 0) > 0) clock.after(LOOK_AGAIN_MS, () => void recall(request));
  };

  /** Runs one recall at a time per session. */
  const recall = (request: RecallRequest): Promise<void> => {
    const last = recalls.get(request.sessionId) ?? Promise.resolve();
    const next = last
      .then(() => recallNow(request))
      .catch((error: unknown) => logger.warn('the earlier tasks of a session could not be read', { error: String(error) }));
    recalls.set(request.sessionId, next);
    return next;
  };

  const findBySession = (sessionId: SessionId) => [...earlier.values()].filter(({ summary }) => summary.sessionId === sessionId);

  const find = (taskId: TaskId): Earlier => {
    const task = earlier.get(taskId);
    if (task === undefined)
      throw new EngineError('task_unknown', `There is no task ${taskId}.`, { data: { knownTaskIds: [...earlier.keys()] } });
    return task;
  };

  const pathsOf = (taskId: TaskId) => earlierPaths(find(taskId).folder, taskId);

  const refuseEnded = (taskId: TaskId): never => {
    const { status } = find(taskId).summary;
    throw new EngineError('task_ended', `The task has already ended (${status}).`, { data: { taskId } });
  };

  const drop = (sessionId: SessionId) => {
    for (const { summary } of findBySession(sessionId)) {
      earlier.delete(summary.id);
      options.emit({ event: 'task.removed', data: { taskId: summary.id } });
    }
  };

  return {
    recall,
    interrupted: (sessionId) => findBySession(sessionId).flatMap(({ summary, unreported }) => (unreported === undefined ? [] : [summary])),
    get: (taskId) => earlier.get(taskId)?.summary,
    list: (sessionId) => (sessionId === undefined ? [...earlier.values()] : findBySession(sessionId)).map(({ summary }) => summary),
    promote: refuseEnded,
    stop: refuseEnded,
    write: () => undefined, // its process is gone
    readText: (taskId) => readEarlierText(pathsOf(taskId).textPath),
    outputPath: (taskId) => pathsOf(taskId).textPath,
    readOutput: async (taskId, { offsetBytes, maxBytes }) => readOutputPiece(pathsOf(taskId).textPath, offsetBytes, maxBytes),
    attach(view, deliver) {
      const { summary } = find(view.taskId);
      return { viewerId: run.attachToFiles(view, pathsOf(view.taskId).rawPath, deliver), task: summary };
    },
    takeEndedNotices(sessionId): readonly EndedTask[] {
      const notices: EndedTask[] = [];
      for (const { summary, folder, unreported } of findBySession(sessionId)) {
        if (unreported === undefined) continue;
        notices.push({ task: summary, text: unreported });
        earlier.set(summary.id, { summary, folder });
      }
      return notices;
    },
    clearEnded(sessionId) {
      drop(sessionId);
      const folder = folders.get(sessionId);
      if (folder === undefined) return;
      const write = writeClearedAt(folder, clock.now())
        .catch((error: unknown) => {
          // Without a folder there was nothing to clear. Otherwise the rows return after a restart, which is harmless.
          logger.warn('the time the task list was cleared could not be saved', { sessionId, error: String(error) });
        })
        .finally(() => writes.delete(write));
      writes.add(write);
    },
    async closeSession(sessionId) {
      drop(sessionId);
      open.delete(sessionId);
      await Promise.all(writes);
    },
    async close() {
      await Promise.all(writes);
    },
  };
}

function includesTask(statuses: readonly EarlierStatus[], taskId: TaskId): boolean {
  return statuses.some((status) => status.taskId === taskId);
}

/** Used if the host cannot check more. A reused pid only keeps a task out of the list, which is harmless. */
function isPidUsed(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH
  }
}
