import type { OutputWriter, Write } from './output-writer.ts';

/** Writes every message at once, one per line. */
export function createStreamJsonWriter(write: Write): OutputWriter {
  return {
    message: (message) => write(`${JSON.stringify(message)}\n`),
    end: (result) => write(`${JSON.stringify(result)}\n`),
  };
}
