/** The full plain text of a task as a download, read in pieces so that no message grows with it. */
import type { TaskSummary } from '../../../preload/contract/index.ts';
import type { Client } from '../../rpc/index.ts';
import { type DeliverFile, deliverFile } from '../../ui/index.ts';

/** Unit: bytes. */
const PIECE_BYTES = 512 * 1024;

/**
 * Saves the content of the file at the first answer, without what a running task prints later. Rejects with the client's error.
 */
export async function saveOutput(client: Client, task: TaskSummary, deliver: DeliverFile = deliverFile): Promise<void> {
  const pieces: string[] = [];
  let offsetBytes = 0;
  let endBytes: number | undefined;
  do {
    const piece = await client.request('task.readOutput', { taskId: task.id, offsetBytes, maxBytes: PIECE_BYTES });
    endBytes ??= piece.totalBytes;
    if (piece.nextOffsetBytes <= offsetBytes) break; // the file has become shorter
    pieces.push(piece.text);
    offsetBytes = piece.nextOffsetBytes;
  } while (offsetBytes < endBytes);
  deliver(new Blob(pieces, { type: 'text/plain;charset=utf-8' }), outputName(task));
}

/** "npm-run-dev-bg_0a1b2c3d.txt". */
export function outputName({ command, id }: Pick<TaskSummary, 'command' | 'id'>): string {
  const words = command
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return [words.slice(0, 40).replace(/-$/, ''), `${id}.txt`].filter((part) => part !== '').join('-');
}
