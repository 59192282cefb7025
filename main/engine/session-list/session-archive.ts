/**
 * Sessions put aside: moved into the folder `archive` beside the others, with their side files, as Qwen Code 0.24 does it.
 * They are in no list but their own, in no search, and are not resumed until they are brought back.
 */
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';

export function archiveOf(chatsDir: string): string {
  return join(chatsDir, 'archive');
}

/**
 * Moves the session and its side files from one of the two folders into the other; the session file last, as it is what
 * makes the session be there. Errors: `session_unknown`, `session_busy` (there is one with its id already), `disk_full`,
 * `file_unwritable`.
 */
export async function moveSession(from: string, to: string, sessionId: SessionId): Promise<void> {
  const own = `${sessionId}.jsonl`;
  if (!(await exists(join(from, own))))
    throw new EngineError('session_unknown', 'There is no such session in this folder.', { data: { sessionId } });
  if (await exists(join(to, own))) {
    const message = 'There is a session with the same id where this one would be moved to. Delete or rename that file first.';
    throw new EngineError('session_busy', message, { data: { sessionId, path: join(to, own) } });
  }
  await writingFile(join(to, own), async () => {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const name of await readdir(from)) if (isSideFile(name, sessionId)) await rename(join(from, name), join(to, name));
    await rename(join(from, own), join(to, own));
  });
}

/** What belongs to the session and not to the process that has it open. */
function isSideFile(name: string, sessionId: SessionId): boolean {
  const rest = name.startsWith(`${sessionId}.`) ? name.slice(sessionId.length + 1) : '';
  return rest !== '' && rest !== 'jsonl' && !rest.startsWith('gantry-lease.json') && !rest.startsWith('runtime.json');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
