import { useEffect } from 'react';
import type { TaskId, TaskSummary } from '../../../preload/contract/index.ts';
import { useHost, useStores } from '../../stores/index.ts';
import { endedNotification } from './ended-notification.ts';
import { notificationState } from './notification-preference.ts';

/**
 * In a browser: shows notifications about background commands that end while the page does not have the focus. The desktop app
 * does this itself. Mount once.
 */
export function TaskNotifications() {
  const { host, actions } = useStores();
  const isBrowser = useHost((state) => state.app?.host === 'server');
  useEffect(() => {
    if (!isBrowser) return;
    const open = (taskId: TaskId) => {
      window.focus();
      actions.invoke({ command: 'open_task', taskId });
    };
    return host.subscribe((state, before) => {
      if (state.tasks === before.tasks || document.hasFocus() || notificationState() !== 'on') return;
      for (const task of Object.values<TaskSummary>(state.tasks)) {
        const text = endedNotification(before.tasks[task.id], task);
        if (text !== undefined) show(task.id, text, open);
      }
    });
  }, [host, actions, isBrowser]);
  return null;
}

function show(taskId: TaskId, { title, body }: { readonly title: string; readonly body: string }, open: (taskId: TaskId) => void): void {
  try {
    // With the tag, several windows of one browser show it once.
    const notification = new Notification(title, { body, tag: `gantry-${taskId}` });
    notification.addEventListener('click', () => {
      notification.close();
      open(taskId);
    });
  } catch {
    // Some phones allow notifications only from service workers: the panel and the row in the session show it too.
  }
}
