import type { OutputFrame, TaskSummary, ViewerId } from '../../preload/contract/index.ts';
import { EngineError, type Tasks, type TaskView } from '../engine/index.ts';

/**
 * The terminal views of one client. A client can only use its own: the id of another client's view is unknown. Ownership:
 * `close` detaches them all after the client has disconnected.
 */
export interface Viewers {
  attach(view: TaskView): { viewerId: ViewerId; task: TaskSummary };
  detach(viewerId: ViewerId): void;
  /** Throws `viewer_unknown` for a view this client does not have. */
  own(viewerId: ViewerId): ViewerId;
  close(): void;
}

export function createViewers(tasks: Tasks, send: (frame: OutputFrame) => void): Viewers {
  const mine = new Set<ViewerId>();
  const own = (viewerId: ViewerId) => {
    if (!mine.has(viewerId)) throw new EngineError('viewer_unknown', `This window has no terminal view ${viewerId}. Open the task again.`);
    return viewerId;
  };
  return {
    attach(view) {
      const { viewerId, task } = tasks.attach(view, send);
      mine.add(viewerId);
      return { viewerId, task };
    },
    detach(viewerId) {
      own(viewerId);
      mine.delete(viewerId);
      tasks.detach(viewerId);
    },
    own,
    close() {
      for (const viewerId of mine) detachIfThere(tasks, viewerId);
      mine.clear();
    },
  };
}

/** A client may disconnect after the engine has closed, which has ended every view. */
function detachIfThere(tasks: Tasks, viewerId: ViewerId): void {
  try {
    tasks.detach(viewerId);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'viewer_unknown')) throw error;
  }
}
