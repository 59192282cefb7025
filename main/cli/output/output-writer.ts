import type { ResultMessage, RunMessage } from './output-message.ts';
import type { RunStats } from './run-stats.ts';

/**
 * One of the three output formats. Standard output carries what these write and nothing else.
 * Order: messages, then `end` at most once; a run that is given up (a limit, a signal) has no `end`.
 */
export interface OutputWriter {
  message(message: RunMessage): void;
  end(result: ResultMessage, stats: RunStats): void;
}

export type Write = (text: string) => void;
