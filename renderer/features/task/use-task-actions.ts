import type { TaskId } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { errorText, useClient, useUi } from '../../stores/index.ts';
import { taskStrings } from './task-strings.ts';

export interface TaskActions {
  promote(taskId: TaskId): void;
  stop(taskId: TaskId, how: { readonly force: boolean }): void;
}

/**
 * Promote and stop. What happens is told by events.
 * Errors: that the task had ended meanwhile is no failure of the user's; it is only said to a screen reader. Anything
 * else raises a toast.
 */
export function useTaskActions(): TaskActions {
  const client = useClient();
  const announce = useUi((ui) => ui.announce);
  const raiseToast = useUi((ui) => ui.raiseToast);
  const tell = (error: unknown) => {
    const code = error instanceof ClientError ? error.code : undefined;
    if (code === 'task_ended' || code === 'task_unknown') announce(taskStrings.announce.alreadyEnded);
    else if (code === 'task_not_promotable') announce(taskStrings.announce.alreadyThere);
    else raiseToast('error', errorText(error));
  };
  return {
    promote: (taskId) => void client.request('task.promote', { taskId }).catch(tell),
    stop: (taskId, { force }) => void client.request('task.stop', { taskId, force }).catch(tell),
  };
}
