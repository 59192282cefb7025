/** Which output files an ended command leaves. */
import { rm, stat } from 'node:fs/promises';
import { NO_TEXT, type Task } from './task.ts';

/** A foreground command with less output leaves no files. Unit: UTF-16 code units, bytes for binary output. */
const KEEP_FILES_CHARS = 30_000;

/** Of a task that has ended, with all that is known of its output. Pure. */
export function leavesFiles(task: Task): boolean {
  const { text, outputBytes, isSpawned } = task;
  const isLong = text.isBinary
    ? text.totalBytes >= KEEP_FILES_CHARS
    : text.head.length + text.tail.length + text.omittedChars >= KEEP_FILES_CHARS;
  // The digest of a command dies with its pty host: then the file is all that is left of it.
  const isOnlyInFiles = text === NO_TEXT && outputBytes > 0;
  return isSpawned && (task.state.wasBackground || isLong || isOnlyInFiles);
}

/**
 * In the place of a pty host that has died: removes the files of a command that printed nothing. What it printed in its last
 * moment nobody has heard of; then they stay, until they are pruned. Errors: none, for the same reason.
 */
export async function removeEmptyFiles({ rawPath, textPath, screenPath }: Task): Promise<void> {
  try {
    if ((await stat(rawPath)).size > 0) return;
    for (const path of [rawPath, textPath, screenPath]) await rm(path, { force: true });
  } catch {
    // not there, or not ours to remove
  }
}
