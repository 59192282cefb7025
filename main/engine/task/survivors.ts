/**
 * Processes of an earlier run that outlived it: a process that called `setsid` is outside the group that ends with the app. They are
 * shown to the user, who stops them or leaves them running. Nothing is stopped without a request (BT-18).
 */
import { defined, type HostEvent, type SurvivorSummary, type TaskId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Survivor, SurvivorsPort } from '../ports.ts';

/** Limits for the list that users read. Units: UTF-16 code units, processes. */
const MAX_COMMAND_CHARS = 1000;
const MAX_PROCESSES = 32;

/**
 * The processes that outlived an earlier run. A host without process groups has none.
 * `survivors.changed` is emitted after a stop and a leave, to every window.
 * Errors: `stop` and `leave` throw `task_unknown` for a process that is not (or no longer) in the list.
 */
export interface Survivors {
  /** Queries the system each time, so ended processes are not included. */
  list(): Promise<readonly SurvivorSummary[]>;
  /** Sends TERM, and KILL after one second. Resolves when that is done. A process that reused one of the pids is never touched. */
  stop(taskId: TaskId): Promise<void>;
  /** Keeps it running and removes it from the list for good. */
  leave(taskId: TaskId): Promise<void>;
}

export function createSurvivors(port: SurvivorsPort | undefined, emit: (event: HostEvent) => void): Survivors {
  const changed = () => emit({ event: 'survivors.changed', data: {} });
  const find = async (taskId: TaskId): Promise<SurvivorsPort> => {
    const found = (await port?.find()) ?? [];
    if (port === undefined || !found.some((survivor) => survivor.taskId === taskId))
      throw new EngineError('task_unknown', 'This command of an earlier run has already ended.', { data: { taskId } });
    return port;
  };
  return {
    list: async () => ((await port?.find()) ?? []).map(toSummary),
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

function toSummary({ taskId, command, cwd, startedAtMs, processes }: Survivor): SurvivorSummary {
  return {
    taskId,
    command: command.slice(0, MAX_COMMAND_CHARS),
    cwd,
    ...defined({ startedAtMs }),
    processes: processes.slice(0, MAX_PROCESSES).map(({ pid, name }) => ({ pid, name })),
  };
}
