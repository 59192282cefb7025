/**
 * The queued prompts on disk, so that prompts the user has sent survive the end of the app, however it ends.
 * Layout: `<gantryHome>/queued/<session>/<time>-<record id>.json`, one file per prompt, including attachments.
 * Order: the file is written before the prompt is shown as queued, and removed after the prompt's record is in the
 * session file. The record uses the id in the file's name, so a kill between the two steps is recognised later.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { defined, ItemId, PromptAttachment, PromptDelivery, type QueuedPrompt } from '../../../preload/contract/index.ts';
import { writingFile } from '../lib/file-errors.ts';
import { readRegularFile } from '../lib/regular-file.ts';
import type { Logger } from '../ports.ts';

const NAME = /^(\d{15})-([0-9a-f-]{36})\.json$/;

const KeptFile = z.object({
  localId: z.string().min(1),
  text: z.string(),
  delivery: z.optional(PromptDelivery),
  attachments: z.array(PromptAttachment).default([]),
});
type KeptFile = z.infer<typeof KeptFile>;

export interface KeptPrompt {
  readonly localId: string;
  readonly text: string;
  readonly delivery?: QueuedPrompt['delivery'];
  readonly attachments: readonly PromptAttachment[];
}

/** Order: calls run one after the other. */
export interface KeptPrompts {
  /** Resolves when the prompt is on disk. Errors: `disk_full`, `file_unwritable`. */
  add(prompt: QueuedPrompt, attachments: readonly PromptAttachment[]): Promise<void>;
  /** The id for the record of the prompt; undefined for a prompt that was never written. */
  recordIdOf(localId: string): ItemId | undefined;
  /** Removes a prompt that is in the session file or no longer wanted. A file that cannot be removed is logged. */
  remove(localId: string): Promise<void>;
  /** Returns the prompts that another run left, oldest first, each once. Prompts that are already in the session file are removed. Never rejects. */
  recall(): Promise<readonly KeptPrompt[]>;
}

export interface KeptPromptsOptions {
  readonly folder: string;
  readonly nowMs: () => number;
  readonly logger: Logger;
  /** Which of these records the session file contains; none of them is older than `sinceMs`. */
  readonly findRecords: (ids: ReadonlySet<string>, sinceMs: number) => Promise<ReadonlySet<string>>;
}

export function keptPromptsFolder(gantryHome: string, sessionId: string): string {
  return join(gantryHome, 'queued', sessionId);
}

export function createKeptPrompts({ folder, nowMs, logger, findRecords }: KeptPromptsOptions): KeptPrompts {
  /** By local id. Entries stay after removal, so that prompts of this run are not recalled. */
  const known = new Map<string, { readonly recordId: string; readonly name: string }>();
  let last: Promise<unknown> = Promise.resolve();
  let lastTime = 0;

  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined); // the caller gets the error; the next call still runs
    return done;
  };

  const newName = (recordId: string) => {
    lastTime = Math.max(Math.floor(nowMs()), lastTime + 1); // sorting by name gives their order
    return `${String(lastTime).padStart(15, '0')}-${recordId}.json`;
  };

  const drop = async (name: string) => {
    try {
      await rm(join(folder, name), { force: true });
      await rmdir(folder);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOTEMPTY' || code === 'ENOENT') return; // other prompts wait, or the folder is already removed
      logger.warn('A prompt that was sent could not be removed from the queue on disk', { path: join(folder, name), error: String(error) });
    }
  };

  async function recall(): Promise<readonly KeptPrompt[]> {
    const names = (await readdir(folder).catch(() => [])).flatMap((name) => {
      const [, time, recordId] = NAME.exec(name) ?? [];
      return time === undefined || recordId === undefined ? [] : [{ name, sinceMs: Number(time), recordId }];
    });
    const ours = new Set([...known.values()].map(({ name }) => name));
    const left = names.filter(({ name }) => !ours.has(name)).toSorted((a, b) => a.sinceMs - b.sinceMs);
    const [oldest] = left;
    if (oldest === undefined) return [];
    const written = await findRecords(new Set(left.map(({ recordId }) => recordId)), oldest.sinceMs);
    const prompts: KeptPrompt[] = [];
    for (const { name, recordId } of left) {
      const kept = written.has(recordId) ? undefined : await readKept(join(folder, name));
      if (written.has(recordId)) await drop(name);
      if (kept === undefined) continue;
      known.set(kept.localId, { recordId, name });
      const { delivery, ...prompt } = kept;
      prompts.push({ ...prompt, ...defined({ delivery }) });
    }
    return prompts;
  }

  return {
    recordIdOf(localId) {
      const entry = known.get(localId);
      return entry === undefined ? undefined : ItemId.parse(entry.recordId);
    },
    add: ({ localId, text, delivery }, attachments) =>
      enqueue(async () => {
        const recordId = randomUUID();
        const name = newName(recordId);
        const file: KeptFile = { localId, text, ...defined({ delivery }), attachments: [...attachments] };
        await writingFile(join(folder, name), async () => {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await writeFileAtomic(join(folder, name), JSON.stringify(file), { mode: 0o600 });
        });
        known.set(localId, { recordId, name });
      }),
    remove: (localId) =>
      enqueue(async () => {
        const entry = known.get(localId);
        if (entry !== undefined) await drop(entry.name);
      }),
    recall: () =>
      enqueue(recall).catch((error: unknown) => {
        logger.warn('The queued prompts could not be read', { folder, error: String(error) });
        return [];
      }),
  };
}

/** For a session that leaves nothing on disk. */
export const NOTHING_KEPT: KeptPrompts = {
  add: () => Promise.resolve(),
  recordIdOf: () => undefined,
  remove: () => Promise.resolve(),
  recall: () => Promise.resolve([]),
};

/** An invalid file counts as missing, and is kept. */
async function readKept(path: string): Promise<KeptFile | undefined> {
  try {
    return KeptFile.safeParse(JSON.parse((await readRegularFile(path)).toString())).data;
  } catch {
    return undefined; // truncated by a power cut, or not readable
  }
}
