import type { EnginePorts, ProcessGroups } from '../ports.ts';

export interface HookGroups {
  /** The first hook opens the guard. If the host has none, hooks survive the app's death. */
  readonly groups: () => Pick<ProcessGroups, 'add' | 'remove'>;
  /** Ends the remaining processes of cancelled hooks. */
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
      guard ??= openProcessGroups?.(); // before the hook starts: the watchdog must exist before it
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
