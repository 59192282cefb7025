import { type BrowserWindow, Notification } from 'electron';
import type { TaskId } from '../../preload/contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { plainBody, taskNotification } from './task-notification.ts';

/** Notifications that can still be clicked; older ones are released. */
const MOST_HELD = 20;

/**
 * Notifies once about each background command that ends while the window is not focused.
 * `open` follows a click: it brings the window to the front and shows the task.
 */
export function notifyOfEndedTasks(
  engine: Engine,
  { window, open }: { readonly window: () => BrowserWindow | undefined; readonly open: (taskId: TaskId) => void },
): void {
  /** References prevent garbage collection, after which a notification no longer emits its click. */
  const held = new Map<TaskId, Notification>();
  const notified = new Set<TaskId>();
  engine.subscribe((event) => {
    if (event.event === 'task.removed') notified.delete(event.data.taskId);
    if (event.event !== 'task.changed') return;
    const { task } = event.data;
    const text = taskNotification(task);
    if (text === undefined || notified.has(task.id)) return;
    notified.add(task.id);
    if (window()?.isFocused() === true || !Notification.isSupported()) return;
    const notification = new Notification({ title: text.title, body: plainBody(text.body, process.platform) });
    held.set(task.id, notification);
    const oldest = held.keys().next().value;
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
    notification.on('click', () => {
      held.delete(task.id);
      open(task.id);
    });
    notification.show();
  });
}
