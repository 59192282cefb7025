import type { ProjectSummary } from '../../../preload/contract/index.ts';
import type { Clock, Engine } from '../../engine/index.ts';
import type { RunArgs } from '../args/args.ts';
import { formatFailure, type RunFailure } from '../output/failure.ts';
import type { OutputWriter } from '../output/output-writer.ts';
import type { JsonSchema } from './json-schema.ts';
import type { RunLimits } from './turn-outcome.ts';

/** The context of a headless run, whatever the source of its prompts. */
export interface RunContext {
  readonly engine: Engine;
  readonly args: RunArgs;
  /** The limits of the run, from flags or settings. */
  readonly limits: RunLimits;
  /** Of `--json-schema`. */
  readonly jsonSchema?: JsonSchema;
  /** QWEN_SYSTEM_MD. */
  readonly systemPromptFile?: string;
  /** The folder of the run. */
  readonly cwd: string;
  /** That folder, opened once. Errors: those of `Projects.open`. */
  readonly openProject: () => Promise<ProjectSummary>;
  /** The release of Qwen Code that `init` names. */
  readonly version: string;
  readonly clock: Clock;
  readonly writer: OutputWriter;
  /** A line on standard error. */
  readonly say: (line: string) => void;
  /** Unattended: retry without limit, with a line every 30 s. */
  readonly unattendedRetry: boolean;
}

/** Prints the failure on standard error and returns its exit code. */
export function fail(run: RunContext, failure: RunFailure): number {
  run.say(formatFailure(failure, run.args.outputFormat));
  return failure.exitCode;
}
