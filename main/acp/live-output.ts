/** Shows what running commands have printed so far. The commands stay Gantry's own: the editor displays text and runs nothing. */
import type { ItemId, TaskId, TaskSummary } from '../../preload/contract/index.ts';
import type { BoundedText, Clock } from '../engine/index.ts';
import { type PendingUpdate, textContent } from '../acp-shapes/index.ts';

/** At most one update of a command in this time. Unit: ms. */
const PAUSE_MS = 1_000;

export interface LiveOutputOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly readText: (taskId: TaskId) => Promise<BoundedText>;
  readonly push: (update: PendingUpdate) => void;
  /** The editor has not received the call's end. */
  readonly isRunning: (toolCallId: ItemId) => boolean;
}

/** Ownership: the creator calls `close`. */
export interface LiveOutput {
  changed(task: TaskSummary): void;
  close(): void;
}

export function createLiveOutput({ clock, readText, push, isRunning }: LiveOutputOptions): LiveOutput {
  const waiting = new Map<TaskId, () => void>();

  async function show(taskId: TaskId, toolCallId: ItemId): ReturnType<Extract<PendingUpdate, (...args: never) => unknown>> {
    if (!isRunning(toolCallId)) return [];
    const text = await readText(taskId).catch(() => undefined); // it has ended and left nothing
    if (text === undefined || text.totalBytes === 0 || text.isBinary || !isRunning(toolCallId)) return [];
    const { head, tail, omittedChars } = text;
    const shown = omittedChars === 0 ? head + tail : `${head}\n... [${omittedChars} characters omitted] ...\n${tail}`;
    return [{ sessionUpdate: 'tool_call_update', toolCallId, status: 'in_progress', content: [textContent(shown)] }];
  }

  return {
    changed({ id, toolCallId, status, placement }) {
      if (toolCallId === undefined || status !== 'running' || placement !== 'foreground' || waiting.has(id)) return;
      const stop = clock.after(PAUSE_MS, () => {
        waiting.delete(id);
        push(() => show(id, toolCallId));
      });
      waiting.set(id, stop);
    },
    close() {
      for (const stop of waiting.values()) stop();
      waiting.clear();
    },
  };
}
