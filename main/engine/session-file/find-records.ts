/** Finds which of the given records a session file contains. The file is read from its end, only until records are too old. */
import { parseRecord } from '../transcript/index.ts';
import { openIfThere } from './session-file.ts';
import { scanLinesBackward } from './line-file.ts';

/** The clocks of two processes, or a clock that was changed, may differ by this much. Unit: ms. */
const SKEW_MS = 60_000;

/** `sinceMs`: none of the records is older. A truncated line is not a record. Errors: those of reading. */
export async function findRecords(path: string, ids: ReadonlySet<string>, sinceMs: number): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const file = await openIfThere(path);
  if (file === undefined) return found;
  try {
    const { size } = await file.stat();
    for await (const { text } of scanLinesBackward(file, size)) {
      const record = parseRecord(text);
      if (record === undefined) continue;
      if (ids.has(record.uuid)) found.add(record.uuid);
      if (found.size === ids.size || Date.parse(record.timestamp) < sinceMs - SKEW_MS) break;
    }
    return found;
  } finally {
    await file.close();
  }
}
