import type { TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { errorText, useClient, useUi } from '../../stores/index.ts';
import { saveOutput } from './save-output.ts';
import { t } from '../../i18n.ts';

export interface TaskActions {
  promote(taskId: TaskId): void;
  stop(taskId: TaskId, how: { readonly force: boolean }): void;
  /** Runs the same command again; the new task is shown. */
  restart(taskId: TaskId): void;
  save(task: TaskSummary): void;
  reveal(taskId: TaskId): void;
}

/**
 * The actions of a task. Events report their results. Errors: that the task had ended meanwhile is not a failure; it is only
 * announced to screen readers. Anything else raises a toast.
 */
export function useTaskActions(): TaskActions {
  const client = useClient();
  const announce = useUi((ui) => ui.announce);
  const raiseToast = useUi((ui) => ui.raiseToast);
  const openTask = useUi((ui) => ui.openTask);
  const focusComposer = useUi((ui) => ui.focusComposer);
  const reportError = (error: unknown) => {
    const code = error instanceof ClientError ? error.code : undefined;
    if (code === 'task_ended' || code === 'task_unknown') announce(t('task.announce.alreadyEnded'));
    else if (code === 'task_not_promotable') announce(t('task.announce.alreadyThere'));
    else raiseToast('error', errorText(error));
  };
  return {
    promote(taskId) {
      const card = document.activeElement?.closest(`[data-shell-card="${taskId}"]`) ?? undefined;
      // The card disappears, and the focus in it would be lost.
      const refocus = () => (document.activeElement === document.body || card?.contains(document.activeElement)) && focusComposer();
      void client.request('task.promote', { taskId }).then(() => card && refocus(), reportError);
    },
    restart: (taskId) =>
      void client.request('task.restart', { taskId }).then(
        ({ task }) => openTask(task.id),
        (error: unknown) => raiseToast('error', errorText(error)),
      ),
    save: (task) => void saveOutput(client, task).catch((error: unknown) => raiseToast('error', errorText(error))),
    reveal: (taskId) =>
      void client.request('task.revealOutput', { taskId }).catch((error: unknown) => raiseToast('error', errorText(error))),
    stop: (taskId, { force }) => void client.request('task.stop', { taskId, force }).catch(reportError),
  };
}
