/**
 * Stores the states of files: content by its hash, and a journal of lines, in one folder per session.
 * Shape: `<folder>/journal.jsonl`, `<folder>/objects/<sha256>`; folder 0700, files 0600. Errors: those of the system.
 */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';

/** Limit per session. States beyond it are not kept, and a note says so. Unit: bytes. */
export const MAX_SESSION_BYTES = 256 * 1024 * 1024;
/** Sessions without activity for this long lose their states. Unit: ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

export interface CheckpointFiles {
  /** False: the limit is reached. */
  keep(bytes: Uint8Array, hash: string): Promise<boolean>;
  read(hash: string): Promise<Uint8Array>;
  append(lines: readonly object[]): Promise<void>;
  /** Empty if nothing was ever written. */
  journal(): Promise<string>;
}

/** The folder of one session. The name is ours: Qwen Code keeps shadow repositories in `checkpoints`. */
export function checkpointFolder(tempDir: string, sessionId: string): string {
  return join(tempDir, 'gantry-checkpoints', sessionId);
}

export function toHash(bytes: Uint8Array): string {
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
      usedBytes ??= await measureSize(objects);
      const path = join(objects, hash);
      if ((await stat(path).catch(() => undefined)) !== undefined) return true;
      if (usedBytes + bytes.length > (options.maxBytes ?? MAX_SESSION_BYTES)) return false;
      // A crash must not leave partial content under the final name.
      await writeFile(`${path}.part`, bytes, { mode: 0o600 });
      await rename(`${path}.part`, path);
      usedBytes += bytes.length;
      return true;
    },
    read: (hash) => readRegularFile(join(objects, hash)),
    async append(lines) {
      await prepare();
      // A truncated last line would damage the next one.
      await appendFile(journalPath, lines.map((line) => `\n${JSON.stringify(line)}`).join(''), { mode: 0o600 });
    },
    journal: () =>
      readRegularFile(journalPath).then(String, (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
        throw error;
      }),
  };
}

async function measureSize(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Only folders of other sessions; a folder that cannot be removed is tried again next time. */
async function removeOld(root: string, own: string, nowMs: number): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    if (folder === own) continue;
    const journal = await stat(join(folder, 'journal.jsonl')).catch(() => undefined);
    if (journal === undefined || nowMs - journal.mtimeMs < KEPT_MS) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
