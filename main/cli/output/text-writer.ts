import type { OutputWriter, Write } from './output-writer.ts';

/** The final text alone. A failed run writes nothing here: its reason is on standard error. */
export function createTextWriter(write: Write): OutputWriter {
  return {
    message() {},
    end(result) {
      if (result.subtype === 'success') write(result.result.endsWith('\n') ? result.result : `${result.result}\n`);
    },
  };
}
