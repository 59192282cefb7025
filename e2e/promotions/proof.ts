import { startRig } from '../support/model-server.ts';
import type { Trial } from './plan.ts';
import { runTrial, type TrialReport } from './run-trial.ts';

/**
 * Runs the trials through the real server host and WebSocket: a model (aimock) asks for the command, the agent runs it,
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
        const report = await runTrial(rig, trial);
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
