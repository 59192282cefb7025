import type { EnginePorts, ProcessGroups } from '../ports.ts';

export interface HookGroups {
  /** The guard is opened by the first hook. Absent in the host: nobody ends a hook whose app dies. */
  readonly groups: () => Pick<ProcessGroups, 'add' | 'remove'>;
  /** Ends what is still there of hooks that were cancelled. */
  close(): void;
}

export function openHookGroups({ openProcessGroups }: Pick<EnginePorts, 'openProcessGroups'>): HookGroups {
  let guard: ProcessGroups | undefined;
  const running = new Set<number>();
  const groups: ReturnType<HookGroups['groups']> = {
    add(group) {
      running.add(group.pid);
      guard?.add(group);
    },
    remove(pid) {
      running.delete(pid);
      guard?.remove(pid);
    },
  };
  return {
    groups() {
      guard ??= openProcessGroups?.(); // before the hook is there: its watchdog must not come after it
      return groups;
    },
    close() {
      for (const pid of running) endGroup(pid);
      guard?.close();
      guard = undefined;
    },
  };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return; // the group is gone, or this system has none
  }
}
