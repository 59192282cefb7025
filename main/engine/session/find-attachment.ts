/** One attachment out of a session's file. The file is read from its end, a window at a time, and no further than the row. */
import type { MediaPart } from '../provider/provider.ts';
import { scanLinesBackward } from './line-file.ts';
import { mediaOf } from './model-history.ts';
import { openIfThere } from './session-file.ts';
import { parseRecord } from './session-record.ts';

/** Undefined: there is no such row, or it has no such attachment. Errors: those of reading, but for a file that is not there. */
export async function findAttachment(path: string, itemId: string, index: number): Promise<MediaPart | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const uuid = JSON.stringify(itemId);
    for await (const { text } of scanLinesBackward(file, size)) {
      if (!text.includes(uuid)) continue;
      const record = parseRecord(text);
      const found = record?.uuid === itemId ? mediaOf(record.message?.parts ?? [])[index] : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    await file.close();
  }
}
