import type { RunMessage } from './output-message.ts';
import type { OutputWriter, Write } from './output-writer.ts';

/** One array of all messages at the end; the result has the run's statistics. */
export function createJsonWriter(write: Write): OutputWriter {
  const messages: RunMessage[] = [];
  return {
    message: (message) => void messages.push(message),
    end: (result, stats) => write(`${JSON.stringify([...messages, { ...result, stats }])}\n`),
  };
}
