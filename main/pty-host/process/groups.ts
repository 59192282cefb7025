/**
 * Every process group that the pty host has started and that may still have members.
 *
 * Owns: stopping a group (SIGTERM, 2 s, SIGKILL), also after its leader has exited, because a member may ignore the
 * SIGTERM; and reporting an empty group, so that watchdog and ledger forget its number before it is reused.
 */
import type { TaskId } from '../../../preload/contract/index.ts';
import { isGroupAlive, signalGroup } from './process-group.ts';

/** From SIGTERM to SIGKILL. Unit: ms. */
export const GRACE_MS = 2000;
/** Poll interval. A group outlives its leader when a member ignores the hang-up; no event reports the last member's exit. Unit: ms. */
const POLL_MS = 1000;

interface Group {
  readonly taskId: TaskId;
  readonly pid: number;
  hasLeader: boolean;
  kill: NodeJS.Timeout | undefined;
}

export interface Groups {
  add(taskId: TaskId, pid: number): void;
  stop(pid: number, options: { force: boolean }): void;
  /** The leader of the group has been reaped. */
  leaderEnded(pid: number): void;
  /** Stops all groups and resolves when no group has a member left. */
  close(): Promise<void>;
}

export function createGroups(report: (taskId: TaskId, pid: number, isAlive: boolean) => void): Groups {
  const groups = new Map<number, Group>();
  let poll: NodeJS.Timeout | undefined;
  let onEmpty: (() => void)[] = [];

  const drop = (group: Group) => {
    clearTimeout(group.kill);
    groups.delete(group.pid);
    report(group.taskId, group.pid, false);
    if (groups.size > 0) return;
    clearInterval(poll);
    poll = undefined;
    for (const done of onEmpty) done();
    onEmpty = [];
  };
  const sweep = () => {
    for (const group of groups.values()) if (!group.hasLeader && !isGroupAlive(group.pid)) drop(group);
    if ([...groups.values()].every((group) => group.hasLeader)) {
      clearInterval(poll);
      poll = undefined;
    }
  };
  const stop = (pid: number, { force }: { force: boolean }) => {
    const group = groups.get(pid);
    if (group === undefined) return;
    if (force) {
      clearTimeout(group.kill);
      signalGroup(pid, 'SIGKILL', group);
      return;
    }
    if (group.kill !== undefined) return;
    signalGroup(pid, 'SIGTERM', group);
    group.kill = setTimeout(() => {
      signalGroup(pid, 'SIGKILL', group);
      setImmediate(sweep);
    }, GRACE_MS);
  };

  return {
    add(taskId, pid) {
      groups.set(pid, { taskId, pid, hasLeader: true, kill: undefined });
      report(taskId, pid, true);
    },
    stop,
    leaderEnded(pid) {
      const group = groups.get(pid);
      if (group === undefined) return;
      group.hasLeader = false;
      if (!isGroupAlive(pid)) drop(group);
      else poll ??= setInterval(sweep, onEmpty.length > 0 ? 50 : POLL_MS).unref();
    },
    close() {
      if (groups.size === 0) return Promise.resolve();
      return new Promise((done) => {
        onEmpty.push(done);
        clearInterval(poll);
        poll = setInterval(sweep, 50);
        for (const pid of [...groups.keys()]) stop(pid, { force: false });
      });
    },
  };
}
