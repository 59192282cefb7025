import { useSyncExternalStore } from 'react';

/**
 * Whether this page tells of ended commands by the browser's notifications. The browser holds the permission, for this
 * address; local storage only that the user turned them off again. It is asked for by a click and never by itself.
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

/** Turns them on, which asks the browser the first time, or off. Call it in a click. Resolves with what holds then. */
export async function setNotifications(on: boolean): Promise<NotificationState> {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Only the memory of it is lost.
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
