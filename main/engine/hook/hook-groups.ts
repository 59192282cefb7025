import type { EnginePorts, ProcessGroups } from '../ports.ts';

export interface HookGroups {
  /** Opened by the first hook. Absent in the host: nobody ends a hook whose app dies. */
  readonly groups: () => Pick<ProcessGroups, 'add' | 'remove'>;
  close(): void;
}

export function openHookGroups({ openProcessGroups }: Pick<EnginePorts, 'openProcessGroups'>): HookGroups {
  let opened: ProcessGroups | undefined;
  const none = { add: () => undefined, remove: () => undefined };
  return {
    groups: () => (opened ??= openProcessGroups?.()) ?? none,
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}
