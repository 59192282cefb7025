/** Formats the failure of a run for standard error. */
import { errorTypeOf } from '../exit-codes.ts';
import type { OutputFormat } from '../args/args.ts';

export interface RunFailure {
  readonly message: string;
  readonly exitCode: number;
  /** Set when the exit code does not determine it. */
  readonly type?: string;
}

/** In JSON mode an object a program can read, otherwise the sentence. Source: docs/formats.md 3.3. */
export function formatFailure(failure: RunFailure, format: OutputFormat | undefined): string {
  if (format !== 'json') return failure.message;
  return JSON.stringify({
    error: { type: failure.type ?? errorTypeOf(failure.exitCode), message: failure.message, code: failure.exitCode },
  });
}
