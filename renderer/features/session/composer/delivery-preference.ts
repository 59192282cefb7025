import { useSyncExternalStore } from 'react';
import { PromptDelivery } from '../../../../preload/contract/index.ts';

/** What Enter does while the agent works; Ctrl or Cmd with Enter does the other. Stored in this browser. */
const KEY = 'gantry.delivery';
const listeners = new Set<() => void>();

/** Without a choice, or with blocked storage, the agent reads the message at its next step, as in Qwen Code. */
export function deliveryPreference(): PromptDelivery {
  try {
    return PromptDelivery.safeParse(localStorage.getItem(KEY)).data ?? 'steer';
  } catch {
    return 'steer';
  }
}

export function setDeliveryPreference(delivery: PromptDelivery): void {
  try {
    localStorage.setItem(KEY, delivery);
  } catch {
    // The choice cannot be stored.
  }
  for (const listener of listeners) listener();
}

export function useDeliveryPreference(): PromptDelivery {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, deliveryPreference);
}

export function otherDelivery(delivery: PromptDelivery): PromptDelivery {
  return delivery === 'steer' ? 'queue' : 'steer';
}
