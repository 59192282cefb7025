/**
 * Where the states of files are kept: content by its hash, and a journal of lines, in one folder a session.
 * Shape: `<folder>/journal.jsonl`, `<folder>/objects/<sha256>`; folder 0700, files 0600. Errors: those of the system.
 */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';

/** Of one session. What comes beyond it is not kept, and said to be so. Unit: bytes. */
export const MAX_SESSION_BYTES = 256 * 1024 * 1024;
/** Sessions that were not worked on for so long lose their states. Unit: ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

export interface CheckpointFiles {
  /** False: there is no room for it. */
  keep(bytes: Uint8Array, hash: string): Promise<boolean>;
  read(hash: string): Promise<Uint8Array>;
  append(lines: readonly object[]): Promise<void>;
  /** Empty where nothing was ever written. */
  journal(): Promise<string>;
}

/** Of one session. The name is ours: Qwen Code keeps shadow repositories in `checkpoints`. */
export function checkpointFolder(tempDir: string, sessionId: string): string {
  return join(tempDir, 'gantry-checkpoints', sessionId);
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function openCheckpointFiles(
  folder: string,
  options: { readonly nowMs: () => number; readonly maxBytes?: number },
): CheckpointFiles {
  const objects = join(folder, 'objects');
  const journalPath = join(folder, 'journal.jsonl');
  let usedBytes: number | undefined;
  let prepared: Promise<unknown> | undefined;
  const prepare = () =>
    (prepared ??= mkdir(objects, { recursive: true, mode: 0o700 }).then(() => removeOld(dirname(folder), folder, options.nowMs())));
  return {
    async keep(bytes, hash) {
      await prepare();
      usedBytes ??= await sizeOf(objects);
      const path = join(objects, hash);
      if ((await stat(path).catch(() => undefined)) !== undefined) return true;
      if (usedBytes + bytes.length > (options.maxBytes ?? MAX_SESSION_BYTES)) return false;
      // A crash in the middle must not leave half a content under its whole name.
      await writeFile(`${path}.part`, bytes, { mode: 0o600 });
      await rename(`${path}.part`, path);
      usedBytes += bytes.length;
      return true;
    },
    read: (hash) => readRegularFile(join(objects, hash)),
    async append(lines) {
      await prepare();
      // A torn last line would take the next one with it.
      await appendFile(journalPath, lines.map((line) => `\n${JSON.stringify(line)}`).join(''), { mode: 0o600 });
    },
    journal: () =>
      readRegularFile(journalPath).then(String, (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
        throw error;
      }),
  };
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Other sessions' folders only; one that cannot be removed is left for the next time. */
async function removeOld(root: string, own: string, nowMs: number): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    if (folder === own) continue;
    const journal = await stat(join(folder, 'journal.jsonl')).catch(() => undefined);
    if (journal === undefined || nowMs - journal.mtimeMs < KEPT_MS) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
