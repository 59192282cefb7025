import { type BrowserWindow, Notification } from 'electron';
import type { TaskId } from '../../preload/contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { plainBody, taskNotification } from './task-notification.ts';

/** Notifications that may still be clicked; an older one is let go. */
const MOST_HELD = 20;

/**
 * Tells of background commands that end while the window is not looked at, once each.
 * `open` follows a click: it brings the window to the front and shows the task.
 */
export function notifyOfEndedTasks(
  engine: Engine,
  { window, open }: { readonly window: () => BrowserWindow | undefined; readonly open: (taskId: TaskId) => void },
): void {
  /** Held, because a notification that is collected as garbage no longer hears its click. */
  const held = new Map<TaskId, Notification>();
  const told = new Set<TaskId>();
  engine.subscribe((event) => {
    if (event.event === 'task.removed') told.delete(event.data.taskId);
    if (event.event !== 'task.changed') return;
    const { task } = event.data;
    const text = taskNotification(task);
    if (text === undefined || told.has(task.id)) return;
    told.add(task.id);
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
