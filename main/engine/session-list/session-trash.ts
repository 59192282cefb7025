/**
 * Deleted sessions that can still be restored: one folder each, with the moved files and their original paths.
 * Layout: `<gantryHome>/trash/<token>/manifest.json`, and the moved files and folders under their numbers.
 */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type DeletedSession, SessionId } from '../../../preload/contract/index.ts';
import { readRegularFile } from '../lib/regular-file.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';
import type { Logger } from '../ports.ts';

const KEPT_MS = 30 * 24 * 3600 * 1000;
const MAX_LISTED = 200;
const TOKEN = /^\d{1,16}-[0-9a-f-]{36}$/;

const Manifest = z.object({
  sessionId: SessionId,
  title: z.string(),
  cwd: z.string(),
  deletedAtMs: z.number(),
  moved: z.array(z.object({ from: z.string(), name: z.string() })),
});
type Manifest = z.infer<typeof Manifest>;

export interface TrashRequest {
  readonly sessionId: SessionId;
  readonly title: string;
  readonly cwd: string;
  /** The session file first: while it exists, the session exists. */
  readonly paths: readonly string[];
  readonly nowMs: number;
}

export interface SessionTrash {
  /** Moves the existing ones of the paths. Errors: `disk_full`, `file_unwritable`; files already moved are put back. */
  put(request: TrashRequest): Promise<DeletedSession>;
  /** Errors: `session_unknown`, `session_busy` (the original path is in use), `disk_full`, `file_unwritable`. */
  restore(token: string, cwd: string): Promise<SessionId>;
  /** The session of a token. Errors: `session_unknown`. */
  find(token: string, cwd: string): Promise<SessionId>;
  list(cwd: string): Promise<readonly DeletedSession[]>;
  /** Removes sessions whose time has expired; never rejects. */
  purge(nowMs: number): Promise<void>;
}

export function createSessionTrash(gantryHome: string, logger: Logger): SessionTrash {
  const home = join(gantryHome, 'trash');

  async function read(token: string): Promise<Manifest | undefined> {
    if (!TOKEN.test(token)) return undefined;
    try {
      return Manifest.safeParse(JSON.parse(String(await readRegularFile(join(home, token, 'manifest.json'))))).data;
    } catch {
      return undefined; // missing or partly written: nothing can be restored from it
    }
  }

  async function all(): Promise<readonly { token: string; manifest: Manifest }[]> {
    const names = await readdir(home).catch(() => []);
    const found = await Promise.all(names.map(async (token) => ({ token, manifest: await read(token) })));
    return found.flatMap(({ token, manifest }) => (manifest === undefined ? [] : [{ token, manifest }]));
  }

  async function get(token: string, cwd: string): Promise<Manifest> {
    const manifest = await read(token);
    if (manifest === undefined || manifest.cwd !== cwd)
      throw new EngineError('session_unknown', 'This session is no longer in the trash.', { data: { token } });
    return manifest;
  }

  return {
    find: async (token, cwd) => (await get(token, cwd)).sessionId,
    async put({ sessionId, title, cwd, paths, nowMs }) {
      const token = `${Math.floor(nowMs)}-${randomUUID()}`;
      const folder = join(home, token);
      const there: string[] = [];
      for (const path of paths) if (await exists(path)) there.push(path);
      const moved = there.map((from, index) => ({ from, name: `${index}-${basename(from)}` }));
      const manifest: Manifest = { sessionId, title, cwd, deletedAtMs: nowMs, moved };
      await writingFile(folder, async () => {
        const done: Manifest['moved'] = [];
        try {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          // Written before anything is moved, so that a move interrupted by a crash can be undone.
          await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 });
          for (const entry of moved) {
            await move(entry.from, join(folder, entry.name));
            done.push(entry);
          }
        } catch (error) {
          for (const entry of done) await move(join(folder, entry.name), entry.from);
          await rm(folder, { recursive: true, force: true });
          throw error;
        }
      });
      return toDeleted(token, manifest);
    },
    async restore(token, cwd) {
      const manifest = await get(token, cwd);
      const folder = join(home, token);
      const waiting: Manifest['moved'] = [];
      for (const entry of manifest.moved) if (await exists(join(folder, entry.name))) waiting.push(entry);
      for (const { from } of waiting) {
        if (!(await exists(from))) continue;
        const message = `A session already exists at the original place (${basename(from)}). Delete or rename it first.`;
        throw new EngineError('session_busy', message, { data: { sessionId: manifest.sessionId } });
      }
      // The session file last: it appears when everything else is restored.
      for (const { from, name } of waiting.reverse()) {
        await writingFile(from, async () => {
          await mkdir(dirname(from), { recursive: true, mode: 0o700 });
          await move(join(folder, name), from);
        });
      }
      await rm(folder, { recursive: true, force: true });
      return manifest.sessionId;
    },
    async list(cwd) {
      const own = (await all()).filter(({ manifest }) => manifest.cwd === cwd);
      return own
        .map(({ token, manifest }) => toDeleted(token, manifest))
        .sort((a, b) => b.deletedAtMs - a.deletedAtMs)
        .slice(0, MAX_LISTED);
    },
    async purge(nowMs) {
      try {
        for (const { token, manifest } of await all())
          if (manifest.deletedAtMs + KEPT_MS < nowMs) await rm(join(home, token), { recursive: true, force: true });
      } catch (error) {
        logger.warn('The trash could not be emptied', { error: String(error) });
      }
    },
  };
}

function toDeleted(token: string, { sessionId, title, cwd, deletedAtMs }: Manifest): DeletedSession {
  return { token, sessionId, title, cwd, deletedAtMs, keptUntilMs: deletedAtMs + KEPT_MS };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** A rename across file systems is refused; a complete copy replaces it. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await cp(from, to, { recursive: true, preserveTimestamps: true, errorOnExist: true });
    await rm(from, { recursive: true, force: true });
  }
}
