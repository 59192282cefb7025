/**
 * Archived sessions: moved into the folder `archive` beside the others, with their side files, as in Qwen Code 0.24.
 * They appear only in the archive list and not in searches, and cannot be resumed until they are unarchived.
 */
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';

export function archiveFolder(chatsDir: string): string {
  return join(chatsDir, 'archive');
}

/**
 * Moves the session and its side files from one of the two folders into the other. The session file is moved last, because it
 * makes the session appear. Errors: `session_unknown`, `session_busy` (a session with its id already exists), `disk_full`,
 * `file_unwritable`.
 */
export async function moveSession(from: string, to: string, sessionId: SessionId): Promise<void> {
  const own = `${sessionId}.jsonl`;
  if (!(await exists(join(from, own))))
    throw new EngineError('session_unknown', 'This folder has no such session.', { data: { sessionId } });
  if (await exists(join(to, own))) {
    const message = 'The target folder already has a session with the same id. Delete or rename that file first.';
    throw new EngineError('session_busy', message, { data: { sessionId, path: join(to, own) } });
  }
  await writingFile(join(to, own), async () => {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const name of await readdir(from)) if (isSideFile(name, sessionId)) await rename(join(from, name), join(to, name));
    await rename(join(from, own), join(to, own));
  });
}

/** Files that belong to the session, not to the process that has it open. */
function isSideFile(name: string, sessionId: SessionId): boolean {
  const rest = name.startsWith(`${sessionId}.`) ? name.slice(sessionId.length + 1) : '';
  return rest !== '' && rest !== 'jsonl' && !rest.startsWith('gantry-lease.json') && !rest.startsWith('runtime.json');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
