/** Reads one record from a session file. The file is read from its end, one window at a time, only until the record is found. */
import type { FileHandle } from 'node:fs/promises';
import type { MediaPart } from '../provider/provider.ts';
import { mediaOf, parseRecord, type RecordLine } from '../transcript/index.ts';
import { scanLinesBackward } from './line-file.ts';
import { openIfThere } from './session-file.ts';

/** Undefined: there is no such row, or it has no such attachment. Errors: those of reading, except for a missing file. */
export async function findAttachment(path: string, itemId: string, index: number): Promise<MediaPart | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const lines = await findLines(file, itemId);
    return lines.flatMap(({ text }) => mediaOf(parseRecord(text)?.message?.parts ?? []))[index];
  } finally {
    await file.close();
  }
}

/** The lines of a record in the order of the file; lines of one record are adjacent. Empty: there is none. */
export async function findLines(file: FileHandle, uuid: string): Promise<readonly RecordLine[]> {
  const { size } = await file.stat();
  const written = JSON.stringify(uuid);
  const found: RecordLine[] = [];
  for await (const line of scanLinesBackward(file, size)) {
    const isOfRecord = line.text.includes(written) && parseRecord(line.text)?.uuid === uuid;
    if (isOfRecord) found.unshift(line);
    else if (found.length > 0) break;
  }
  return found;
}
