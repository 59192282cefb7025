/** Running commands. See requests.ts. */
import * as z from 'zod/mini';
import { SessionId, TaskId, ViewerId } from './ids.ts';
import { none, request } from './request.ts';
import { SurvivorSummary } from './survivor.ts';
import { TaskSummary } from './task.ts';

export const taskRequests = {
  'task.list': request(z.object({ sessionId: z.optional(SessionId) }), z.object({ tasks: z.array(TaskSummary) })),
  /** Moves a task to the background without touching the process. Errors: `task_unknown`, `task_ended`, `task_not_promotable`. */
  'task.promote': request(z.object({ taskId: TaskId }), z.object({ task: TaskSummary })),
  /** Sends SIGTERM to the group, then SIGKILL; with `force` SIGKILL at once. Errors: `task_unknown`, `task_ended`. */
  'task.stop': request(z.object({ taskId: TaskId, force: z.boolean() }), z.object({ task: TaskSummary })),
  /**
   * Starts a view: after the answer, output frames with its `viewerId` arrive, the first one a replay.
   * `historyBytes` requests a replay of that much of the raw log instead of the last 2,000 lines; at most 4 MiB.
   */
  'task.attach': request(
    z.object({
      taskId: TaskId,
      cols: z.int().check(z.gte(1), z.lte(1000)),
      rows: z.int().check(z.gte(1), z.lte(1000)),
      focused: z.boolean(),
      historyBytes: z.optional(z.number().check(z.gte(0), z.lte(4 * 1024 * 1024))),
    }),
    z.object({ viewerId: ViewerId, task: TaskSummary }),
  ),
  /** Runs the same command in the same folder as a new background task. Errors: `task_unknown`, `task_running`. */
  'task.restart': request(z.object({ taskId: TaskId }), z.object({ task: TaskSummary })),
  /**
   * A piece of the plain text, for saving it. Units: bytes of the file; `totalBytes` is its current size.
   * A piece ends with a whole character. Errors: `task_unknown`, `file_not_found`, `file_unreadable`.
   */
  'task.readOutput': request(
    z.object({
      taskId: TaskId,
      offsetBytes: z.int().check(z.gte(0)),
      maxBytes: z.number().check(z.gte(16), z.lte(1024 * 1024)),
    }),
    z.object({ text: z.string(), nextOffsetBytes: z.number(), totalBytes: z.number() }),
  ),
  /** Shows the file with the output in its folder. Errors: `not_supported` in a browser, `task_unknown`, `file_not_found`. */
  'task.revealOutput': request(z.object({ taskId: TaskId }), none),
  'task.detach': request(z.object({ viewerId: ViewerId }), none),
  /** Removes ended background tasks from the list; their files stay. */
  'task.clearEnded': request(z.object({ sessionId: SessionId }), none),

  /** Commands of an earlier run that are still alive; queried from the system each time. */
  'survivor.list': request(none, z.object({ survivors: z.array(SurvivorSummary) })),
  /** Sends TERM, and KILL after one second; answers when that is done. Errors: `task_unknown` (it has ended). */
  'survivor.stop': request(z.object({ taskId: TaskId }), none),
  /** Leaves it running and removes it from the list. Errors: `task_unknown`. */
  'survivor.leave': request(z.object({ taskId: TaskId }), none),
} as const;
