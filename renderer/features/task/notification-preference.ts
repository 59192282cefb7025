import { useSyncExternalStore } from 'react';

/**
 * Whether this page shows the browser's notifications for ended commands. The browser holds the permission for this address;
 * local storage only records that the user turned them off again. The permission is requested on a click and never
 * automatically.
 */
export type NotificationState = 'unsupported' | 'not_asked' | 'denied' | 'on' | 'off';

const KEY = 'gantry.notifications';
const listeners = new Set<() => void>();

export function notificationState(): NotificationState {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  if (Notification.permission === 'default') return 'not_asked';
  return isOff() ? 'off' : 'on';
}

function isOff(): boolean {
  try {
    return localStorage.getItem(KEY) === 'off';
  } catch {
    return false; // blocked storage: the permission alone decides
  }
}

/**
 * Turns them on, which requests the permission the first time, or off. Call it in a click handler. Resolves with the new state.
 */
export async function setNotifications(on: boolean): Promise<NotificationState> {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Only the choice is not stored.
  }
  if (on && notificationState() === 'not_asked') await Notification.requestPermission();
  for (const listener of listeners) listener();
  return notificationState();
}

export function useNotificationState(): NotificationState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, notificationState);
}
