/** The engine's SurvivorsPort over the ledger on disk. */
import { setTimeout as wait } from 'node:timers/promises';
import type { TaskId } from '../../preload/contract/index.ts';
import type { SurvivorsPort } from '../engine/ports.ts';
import { findSurvivors, forgetSurvivor, type LedgerSurvivor, stopSurvivor } from './ledger.ts';
import { processFacts, startedAtMs } from './ledger-processes.ts';

/** Time after the death of an app for its pty host and watchdog to end its groups. Unit: ms. */
const SETTLE_MS = 3000;
/** Number of rounds that look for processes which a command starts while it is being stopped. */
const MAX_STOPS = 3;
/** Tolerance: a status file is written a moment after its process started, by another clock. Unit: ms. */
const EARLIER_MS = 5000;
const LATER_MS = 30_000;

/** `folder` is `GANTRY_HOME/ledger`. Nothing is read before the first request. */
export function createSurvivorsPort(folder: string): SurvivorsPort {
  const of = (taskId: TaskId): LedgerSurvivor[] => findSurvivors(folder).filter((survivor) => survivor.taskId === taskId);
  return {
    async find() {
      let found = findSurvivors(folder);
      if (found.some((survivor) => survivor.isInGroup)) {
        await wait(SETTLE_MS);
        found = findSurvivors(folder);
      }
      return found.map(({ taskId, command = '', cwd = '', startedAtMs: since, processes }) => ({
        taskId,
        command,
        cwd,
        startedAtMs: since,
        processes,
      }));
    },
    async stop(taskId) {
      for (let attempt = 0; attempt < MAX_STOPS; attempt += 1) {
        const left = of(taskId);
        if (left.length === 0) return;
        await Promise.all(left.map(stopSurvivor));
      }
    },
    async leave(taskId) {
      forgetSurvivor(folder, taskId);
    },
    isRunning: ({ taskId, pid, startedAtMs: since }) => isCommand(taskId, pid, since),
  };
}

/** Matches by the id in the environment if the system shows it, else by the start time. */
function isCommand(taskId: TaskId, pid: number, since: number): boolean {
  if (pid <= 1) return false;
  const facts = processFacts(pid);
  if (facts === undefined) return process.platform !== 'linux' && process.platform !== 'darwin' && exists(pid);
  if (facts.taskId !== undefined) return facts.taskId === taskId;
  const began = startedAtMs(facts);
  return began === undefined || (began > since - EARLIER_MS && began < since + LATER_MS);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH
  }
}
