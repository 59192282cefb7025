import { type Rig, startRig } from '../support/model-server.ts';
import type { Trial } from './plan.ts';
import { runTrial, type TrialReport as SingleReport } from './run-trial.ts';

const MAX_ATTEMPTS = 4;

export interface TrialReport extends SingleReport {
  readonly attempts: number;
}

/**
 * Runs the trials through the real server host and WebSocket: a model (aimock) requests the command, the agent runs it, and
 * this client watches, promotes and compares.
 */
export async function provePromotions(
  trials: readonly Trial[],
  options: { parallel: number; onReport?: (report: TrialReport) => void },
): Promise<readonly TrialReport[]> {
  const rig = await startRig();
  try {
    const reports: TrialReport[] = [];
    const queue = [...trials];
    const work = async () => {
      for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
        const report = await runUntilWatched(rig, trial);
        reports.push(report);
        options.onReport?.(report);
      }
    };
    await Promise.all(Array.from({ length: options.parallel }, work));
    return reports;
  } finally {
    await rig.close();
  }
}

/** A trial whose eager viewer lagged is weaker evidence: it is run again, and counted. Failures are kept. */
async function runUntilWatched(rig: Rig, trial: Trial): Promise<TrialReport> {
  const problems: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const report = await runTrial(rig, trial, attempt);
    problems.push(...report.problems);
    if (!report.eagerLagged || attempt === MAX_ATTEMPTS) return { ...report, problems, attempts: attempt };
  }
}
