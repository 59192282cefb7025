/**
 * A session's file together with the right to write it: acquires the lease, loads, appends, and reloads after foreign writes.
 */
import { join } from 'node:path';
import { defined, type ItemId, type SessionId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';
import { shellOutputFolder } from '../project/index.ts';
import { type DescribeCall, type EarlierRequest, type MessagePart, readMessageText, type RecordDraft } from '../transcript/index.ts';
import type { Clock, Logger } from '../ports.ts';
import type { ProjectContext } from '../project/project-api.ts';
import { withInterruptedOutput } from './interrupted-output.ts';
import { emptySession, type LoadedSession } from './load-session.ts';
import { findAttachment, findLines } from './find-attachment.ts';
import { findRecords } from './find-records.ts';
import { rewindDraft } from './session-branch.ts';
import { heldMessage, type LeaseHolder } from './lease-process.ts';
import { acquireLease, type SessionLease } from './session-lease.ts';
import { openIfThere } from './session-file.ts';
import { createSessionLog, type OpenFile } from './session-log.ts';
import { createSessionReader, type EarlierRows } from './session-reader.ts';

export interface SessionStore {
  /** Undefined while this process may write, or before the first attempt. */
  readonly heldBy: () => LeaseHolder | undefined;
  /** The holder whose lease the last acquisition replaced. */
  readonly tookOverFrom: () => LeaseHolder | undefined;
  /** Acquires the lease if it is free; reading does not need it. Errors: `disk_full`, `file_unwritable`. */
  tryAcquire(): Promise<void>;
  /** Errors: `session_busy` (data: pid, host), `disk_full`, `file_unwritable`. Resolves with the reloaded session if the file has changed. */
  makeWritable(): Promise<LoadedSession | undefined>;
  /** The same, but records that could not be written stay in memory, because no write follows. */
  resume(): Promise<LoadedSession | undefined>;
  /** Errors: `session_unknown`, `session_damaged`. */
  load(): Promise<LoadedSession>;
  earlier(request: EarlierRequest): Promise<EarlierRows>;
  /**
   * Writes all records or none. Errors: `session_busy` if another process holds the lease, `disk_full`, `file_unwritable`; the session is
   * then reloaded before the next turn.
   */
  append(drafts: readonly RecordDraft[]): Promise<void>;
  /** An image or document of a user message. Errors: `item_unknown`. */
  readAttachment(itemId: ItemId, index: number): Promise<{ mimeType: string; data: string }>;
  /** Which of these records the file contains; none of them is older than `sinceMs`. */
  findRecords(ids: ReadonlySet<string>, sinceMs: number): Promise<ReadonlySet<string>>;
  /** The whole text of a message in the file. Errors: `item_unknown`. */
  readText(itemId: ItemId, part: MessagePart): AsyncGenerator<string, void>;
  /** The record that rewinds to before a prompt, the text of the prompt and its time. Errors: `item_unknown`. */
  rewindTo(beforeItemId: ItemId): Promise<{ draft: RecordDraft; promptText: string; atMs: number }>;
  /** Flushes written records to the disk; a failure is logged. */
  sync(): Promise<void>;
  exists(): Promise<boolean>;
  release(): Promise<void>;
}

/** `host`: the writing program, for the lease and the records. */
export interface StoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: { readonly kind: string; readonly version: string };
  /** Opens a session file for appending; absent: the system's function. */
  readonly openForAppend?: OpenFile;
}

export function createSessionStore(
  { id, project }: { readonly id: SessionId; readonly project: ProjectContext },
  deps: StoreDeps,
  describe: DescribeCall,
): SessionStore {
  const basePath = join(project.chatsDir, id);
  const { clock, logger } = deps;
  const log = createSessionLog({
    path: `${basePath}.jsonl`,
    sessionId: id,
    cwd: project.cwd,
    version: deps.host.version,
    nowMs: () => clock.now(),
    gitBranch: () => project.gitBranch(),
    assertWritable,
    ...defined({ openFile: deps.openForAppend }),
  });
  let lease: SessionLease | undefined;
  let heldBy: LeaseHolder | undefined;
  let tookOverFrom: LeaseHolder | undefined;
  let acquiring: Promise<void> | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const reader = createSessionReader(log, project.cwd, describe);
  let isOutdated = false;
  /** The session in memory contains records that could not be written. */
  let isUnwritten = false;

  /** Concurrent callers share one acquisition; otherwise the second would take the first one's lease for another process's. */
  function tryAcquire(): Promise<void> {
    acquiring ??= acquire().finally(() => (acquiring = undefined));
    return acquiring;
  }

  async function acquire(): Promise<void> {
    if (lease?.isHeld()) return;
    await lease?.release(); // the lease was removed or replaced: ends its heartbeat
    const result = await writingFile(log.path, () => acquireLease({ basePath, host: deps.host.kind, clock, logger }));
    lease = result.held ? result.lease : undefined;
    heldBy = result.held ? undefined : result.by;
    if (result.held) tookOverFrom = result.tookOver;
  }

  /** Checks the lease file. A lease that was removed, for instance by hand, is acquired again if no other process has it. */
  async function assertWritable(): Promise<void> {
    if (lease?.isHeld()) return;
    await tryAcquire();
    if (heldBy === undefined) return;
    const { pid, host } = heldBy;
    throw new EngineError('session_busy', heldMessage(heldBy, 'or start a new session'), { data: { pid, host } });
  }

  async function load(): Promise<LoadedSession> {
    const loaded = await reader.load();
    if (loaded === undefined) throw new EngineError('session_unknown', 'This folder has no such session.', { data: { sessionId: id } });
    isOutdated = false;
    isUnwritten = false;
    if (heldBy !== undefined) return loaded; // its commands may still run
    const folder = shellOutputFolder(project.tempDir, id);
    return await withInterruptedOutput(loaded, { sessionId: id, folder, cwd: project.cwd });
  }

  async function makeWritable(isBehind: () => boolean): Promise<LoadedSession | undefined> {
    await assertWritable();
    if (!isBehind() && !(await log.hasChanged())) return undefined;
    if (await log.exists()) return await load();
    isUnwritten = false;
    return emptySession();
  }

  return {
    heldBy: () => heldBy,
    tookOverFrom: () => tookOverFrom,
    tryAcquire,
    load,
    earlier: async (request) => (await reader.earlier(request)) ?? { items: [], earlierItems: 0 },
    exists: () => log.exists(),
    sync: () => log.sync().catch((error: unknown) => logger.warn('A session file was not synced', { error: String(error) })),
    async readAttachment(itemId, index) {
      const found = await findAttachment(log.path, itemId, index);
      if (found === undefined) throw new EngineError('item_unknown', 'The session file has no such attachment.', { data: { itemId } });
      return { mimeType: found.mimeType, data: found.data };
    },
    findRecords: (ids, sinceMs) => findRecords(log.path, ids, sinceMs),
    async *readText(itemId, part) {
      const file = await openIfThere(log.path);
      try {
        const lines = file === undefined ? [] : await findLines(file, itemId);
        if (file === undefined || lines.length === 0)
          throw new EngineError('item_unknown', 'The session file has no such message.', { data: { itemId } });
        yield* readMessageText(file, lines, part);
      } finally {
        await file?.close();
      }
    },
    rewindTo: (beforeItemId) => rewindDraft(log.path, beforeItemId),
    makeWritable: () => makeWritable(() => isOutdated || isUnwritten),
    resume: () => makeWritable(() => isOutdated),
    async append(drafts) {
      const appending = log.append(drafts);
      writing = appending.catch(() => undefined);
      const { foreign } = await appending.catch((error: unknown) => {
        isUnwritten = true;
        throw error;
      });
      if (!foreign) return;
      isOutdated = true;
      logger.warn('Another program wrote to this session; it is reloaded before the next turn', { sessionId: id });
    },
    async release() {
      await writing; // the log writes in order, so the last write ends after all others
      await acquiring?.catch(() => undefined); // reported to its caller
      await lease?.release();
      lease = undefined;
    },
  };
}
