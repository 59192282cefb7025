import * as z from 'zod/mini';
import { TaskId, ViewerId } from './ids.ts';
import { ShownView } from './project.ts';

const size = {
  cols: z.int().check(z.gte(1), z.lte(1000)),
  rows: z.int().check(z.gte(1), z.lte(1000)),
};

/** Notifies: client to host, without an answer, in order. A notify that cannot be applied (the task has ended) is dropped. */
export const notifies = {
  /** The user's terminal input, as xterm encodes it. */
  'task.input': z.object({ taskId: TaskId, data: z.string().check(z.maxLength(1_000_000)) }),
  'task.resize': z.object({ viewerId: ViewerId, ...size }),
  /** The view has received the focus: its size becomes the terminal's. */
  'task.focus': z.object({ viewerId: ViewerId }),
  /** Cumulative: the number of bytes of output frames that xterm has parsed for this viewer, including replays. */
  'task.ack': z.object({
    viewerId: ViewerId,
    parsedBytes: z.int().check(z.nonnegative()),
  }),
  /** What the window shows now; the host keeps it for `project.lastShown`. */
  'project.shown': ShownView,
} as const;

export type Notifies = typeof notifies;
export type NotifyName = keyof Notifies;
export type NotifyParams<N extends NotifyName> = z.infer<Notifies[N]>;
