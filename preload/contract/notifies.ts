import { z } from 'zod';
import { TaskId, ViewerId } from './ids.ts';
import { ShownView } from './project.ts';

const size = {
  cols: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
};

/** Notifies: client to host, no answer, in order. One that cannot be applied (the task has ended) is dropped. */
export const notifies = {
  /** What the user typed into a terminal, as xterm encodes it. */
  'task.input': z.object({ taskId: TaskId, data: z.string().max(1_000_000) }),
  'task.resize': z.object({ viewerId: ViewerId, ...size }),
  /** The view has the focus now: its size becomes the terminal's. */
  'task.focus': z.object({ viewerId: ViewerId }),
  /** Cumulative: how many bytes of the output frames to this viewer xterm has parsed, replays included. */
  'task.ack': z.object({
    viewerId: ViewerId,
    parsedBytes: z.number().int().nonnegative(),
  }),
  /** The window shows this now; the host keeps it for `project.lastShown`. */
  'project.shown': ShownView,
} as const;

export type Notifies = typeof notifies;
export type NotifyName = keyof Notifies;
export type NotifyParams<N extends NotifyName> = z.infer<Notifies[N]>;
