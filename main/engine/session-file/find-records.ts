/** Which of some records a session's file has. It is read from its end, and no further than what is old enough. */
import { parseRecord } from '../transcript/index.ts';
import { openIfThere } from './session-file.ts';
import { scanLinesBackward } from './line-file.ts';

/** Clocks of two processes, and a clock that was set meanwhile, may differ by so much. Unit: ms. */
const SKEW_MS = 60_000;

/** `sinceMs`: none of them was written before. A torn line counts as no record. Errors: those of reading. */
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
