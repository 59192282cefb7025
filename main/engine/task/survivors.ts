/**
 * Commands of an earlier run that outlived it: what called `setsid` is beyond the group that ends with the app. They are
 * told to the user, who stops them or leaves them alone. Nothing is stopped without being asked (BT-18).
 */
import type { HostEvent, SurvivorSummary, TaskId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Survivor, SurvivorsPort } from '../ports.ts';

/** Shown to people, so no longer than they read. Units: UTF-16 code units, processes. */
const MAX_COMMAND_CHARS = 1000;
const MAX_PROCESSES = 32;

/**
 * What outlived an earlier run. A host without process groups has none.
 * `survivors.changed` follows a stop and a leave, for every window.
 * Errors: `stop` and `leave` throw `task_unknown` for what is not (or no longer) among them.
 */
export interface Survivors {
  /** Asks the system each time: what has ended meanwhile is not told. */
  list(): Promise<readonly SurvivorSummary[]>;
  /** TERM, a second, KILL. Resolves when that is done; a process that got the pid of one of them is never touched. */
  stop(taskId: TaskId): Promise<void>;
  /** It may go on, and is not told again. */
  leave(taskId: TaskId): Promise<void>;
}

export function createSurvivors(port: SurvivorsPort | undefined, emit: (event: HostEvent) => void): Survivors {
  const changed = () => emit({ event: 'survivors.changed', data: {} });
  const find = async (taskId: TaskId): Promise<SurvivorsPort> => {
    const found = (await port?.find()) ?? [];
    if (port === undefined || !found.some((survivor) => survivor.taskId === taskId))
      throw new EngineError('task_unknown', 'This command of an earlier run has ended already.', { data: { taskId } });
    return port;
  };
  return {
    list: async () => ((await port?.find()) ?? []).map(summaryOf),
    async stop(taskId) {
      await (await find(taskId)).stop(taskId);
      changed();
    },
    async leave(taskId) {
      await (await find(taskId)).leave(taskId);
      changed();
    },
  };
}

function summaryOf({ taskId, command, cwd, startedAtMs, processes }: Survivor): SurvivorSummary {
  return {
    taskId,
    command: command.slice(0, MAX_COMMAND_CHARS),
    cwd,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    processes: processes.slice(0, MAX_PROCESSES).map(({ pid, name }) => ({ pid, name })),
  };
}
