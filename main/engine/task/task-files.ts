/** Decides which output files an ended command keeps. */
import { rm, stat } from 'node:fs/promises';
import { NO_TEXT, type Task } from './task.ts';

/** A foreground command with less output leaves no files. Unit: UTF-16 code units, bytes for binary output. */
const KEEP_FILES_CHARS = 30_000;

/** For a task that has ended, whose output is final. Pure. */
export function leavesFiles(task: Task): boolean {
  const { text, outputBytes, isSpawned } = task;
  const isLong = text.isBinary
    ? text.totalBytes >= KEEP_FILES_CHARS
    : text.head.length + text.tail.length + text.omittedChars >= KEEP_FILES_CHARS;
  // The text of a command is lost with its pty host, so only the file is left.
  const isOnlyInFiles = text === NO_TEXT && outputBytes > 0;
  return isSpawned && (task.state.wasBackground || isLong || isOnlyInFiles);
}

/**
 * Replaces a pty host that has died: removes the files of a command that printed nothing. Output of its last moment may be
 * unknown here; its files then stay until they are pruned. Errors: none, for the same reason.
 */
export async function removeEmptyFiles({ rawPath, textPath, screenPath }: Task): Promise<void> {
  try {
    if ((await stat(rawPath)).size > 0) return;
    for (const path of [rawPath, textPath, screenPath]) await rm(path, { force: true });
  } catch {
    // missing, or not removable
  }
}
