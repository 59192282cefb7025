/**
 * The pinned sessions of a folder, in the file where Qwen Code 0.24 keeps pins, groups and colours:
 * `session-organization.v1.json` beside the session folder. Everything except pins is kept unchanged.
 * Both programs replace the whole file at once; of two simultaneous changes the later one applies.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { defined, type SessionId } from '../../../preload/contract/index.ts';
import { readRegularFile } from '../lib/regular-file.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';

const FILE = 'session-organization.v1.json';

const Entry = z.looseObject({ pinnedAt: z.string().optional().catch(undefined) });
const Store = z.looseObject({ schemaVersion: z.literal(1), sessions: z.record(z.string(), z.unknown()).default({}) });
type Store = z.infer<typeof Store>;

export interface SessionPins {
  /** The time each session was pinned. A file that is missing or cannot be read has none. */
  read(chatsDir: string): Promise<ReadonlyMap<string, number>>;
  /** Resolves with the time it was pinned, or undefined. Errors: `file_unreadable` (it is kept unchanged), `disk_full`, `file_unwritable`. */
  set(chatsDir: string, sessionId: SessionId, pinned: boolean, nowMs: number): Promise<number | undefined>;
}

export function createSessionPins(): SessionPins {
  let writing: Promise<unknown> = Promise.resolve();

  async function change(chatsDir: string, sessionId: SessionId, pinned: boolean, nowMs: number): Promise<number | undefined> {
    const path = pathOf(chatsDir);
    const store = await readStore(path);
    if (store === 'unreadable') {
      const message = `The file of pinned sessions cannot be read, so nothing was changed. Repair or delete ${path}.`;
      throw new EngineError('file_unreadable', message, { data: { path } });
    }
    const { pinnedAt, ...entry } = Entry.safeParse(store.sessions[sessionId]).data ?? {};
    const now = new Date(nowMs).toISOString();
    const at = pinned ? (pinnedAt ?? now) : undefined;
    const next = { groupId: null, ...entry, ...defined({ pinnedAt: at }), updatedAt: now };
    const whole = { groups: [], ...store, sessions: { ...store.sessions, [sessionId]: next } };
    await writingFile(path, async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
    });
    return at === undefined ? undefined : timeOf(at);
  }

  return {
    async read(chatsDir) {
      const store = await readStore(pathOf(chatsDir));
      if (store === 'unreadable') return new Map();
      const pins = Object.entries(store.sessions).flatMap(([id, raw]): [string, number][] => {
        const pinnedAt = Entry.safeParse(raw).data?.pinnedAt;
        return pinnedAt === undefined ? [] : [[id, timeOf(pinnedAt)]];
      });
      return new Map(pins);
    },
    set(chatsDir, sessionId, pinned, nowMs) {
      const done = writing.then(() => change(chatsDir, sessionId, pinned, nowMs));
      writing = done.catch(() => undefined); // the caller gets the error; the next change still runs
      return done;
    },
  };
}

function pathOf(chatsDir: string): string {
  return join(dirname(chatsDir), FILE);
}

function timeOf(text: string): number {
  return Date.parse(text) || 0;
}

async function readStore(path: string): Promise<Store | 'unreadable'> {
  try {
    return Store.safeParse(JSON.parse(String(await readRegularFile(path)))).data ?? 'unreadable';
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { schemaVersion: 1, sessions: {} } : 'unreadable';
  }
}
