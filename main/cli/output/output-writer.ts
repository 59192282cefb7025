import type { ResultMessage, RunMessage } from './output-message.ts';
import type { RunStats } from './run-stats.ts';

/**
 * One of the three output formats. Only these write to standard output.
 * Order: messages, then `end` at most once; an aborted run (a limit, a signal) has no `end`.
 */
export interface OutputWriter {
  message(message: RunMessage): void;
  end(result: ResultMessage, stats: RunStats): void;
}

export type Write = (text: string) => void;
