/** The operations on sessions as files: pages, search, branch, delete and restore, export, inspection. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defined, type HostEvent, type ProjectId, SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import type { StoredSessions } from '../engine-api.ts';
import { checkpointFolder } from '../checkpoint/index.ts';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';
import { redactText } from '../lib/redact.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import { shellOutputFolder } from '../project/index.ts';
import type { DescribeCall } from '../transcript/index.ts';
import { acquireLease, findHolder, heldMessage, inspectSession, writeBranch } from '../session-file/index.ts';
import type { Clock, Logger } from '../ports.ts';
import { SESSION_ID, type SessionCatalog } from './session-catalog.ts';
import { keptPromptsFolder } from './kept-prompts.ts';
import { createPreparedExports } from './prepared-exports.ts';
import { archiveFolder, moveSession } from './session-archive.ts';
import { EXPORTS, exportFileName, writeExport, writeText } from './session-export.ts';
import { findSessions, pinnedFirst, takePage } from './session-page.ts';
import { createSessionPins } from './session-pins.ts';
import { searchSessions } from './session-search.ts';
import { createSessionTrash } from './session-trash.ts';

const LIST_LIMIT = 200;
const SEARCH_LIMIT = 50;
const MAX_TITLE_CHARS = 200;

export interface StoredSessionsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: { readonly kind: string; readonly version: string };
  readonly emit: (event: HostEvent) => void;
  readonly projects: ProjectDirectory;
  readonly gantryHome: string;
  readonly catalog: SessionCatalog;
  /** Removes a session from memory. Errors: `session_busy`. */
  readonly dismiss: (sessionId: SessionId) => Promise<void>;
  /** Describes the calls of a session for their rows. */
  readonly describeFor: (projectId: ProjectId, sessionId: SessionId) => DescribeCall;
  /** Runs the hooks for a deleted session; returns at once. */
  readonly onDeleted: (projectId: ProjectId, sessionId: SessionId) => void;
}

export interface OwnedStoredSessions extends StoredSessions {
  /** Prepares a text for `readExport`. */
  prepareText(pieces: AsyncIterable<string>): Promise<{ exportId: string; totalBytes: number }>;
  /** Removes prepared exports. */
  close(): Promise<void>;
}

export function createStoredSessions(deps: StoredSessionsDeps): OwnedStoredSessions {
  const { catalog, projects, clock, logger, emit, gantryHome, describeFor, onDeleted } = deps;
  const trash = createSessionTrash(gantryHome, logger);
  const pins = createSessionPins();
  const exports = createPreparedExports(join(gantryHome, 'exports'), clock, logger);
  void exports.sweep();

  const pathOf = (projectId: ProjectId, sessionId: SessionId) => {
    const { chatsDir } = projects.get(projectId);
    if (!SESSION_ID.test(sessionId)) throw new EngineError('session_unknown', 'This is not a session id.', { data: { sessionId } });
    return join(chatsDir, `${sessionId}.jsonl`);
  };

  async function emitChanged(projectId: ProjectId, sessionId: SessionId): Promise<SessionSummary> {
    const pinnedAtMs = (await pins.read(projects.get(projectId).chatsDir)).get(sessionId);
    const found = catalog.summarize(projectId, await catalog.get(projectId, sessionId));
    const summary = pinnedAtMs === undefined ? found : { ...found, pinnedAtMs };
    emit({ event: 'session.changed', data: { summary } });
    return summary;
  }

  /** The session file, its side files, the output of its commands, its queue. The lease is removed by its holder. */
  async function pathsOf(projectId: ProjectId, sessionId: SessionId): Promise<string[]> {
    const { chatsDir, tempDir } = projects.get(projectId);
    const names = (await readdir(chatsDir)).filter((name) => name.startsWith(`${sessionId}.`) && !name.includes('.gantry-lease.json'));
    const own = `${sessionId}.jsonl`;
    const sorted = [own, ...names.filter((name) => name !== own)];
    return [
      ...sorted.map((name) => join(chatsDir, name)),
      shellOutputFolder(tempDir, sessionId),
      checkpointFolder(tempDir, sessionId),
      keptPromptsFolder(gantryHome, sessionId),
    ];
  }

  /** No other process may have the session open while its files move. Errors: `session_busy`. */
  async function withLease<T>(projectId: ProjectId, sessionId: SessionId, what: string, work: () => Promise<T>): Promise<T> {
    const { chatsDir } = projects.get(projectId);
    const basePath = join(chatsDir, sessionId);
    const lease = await writingFile(`${basePath}.jsonl`, () => acquireLease({ basePath, host: deps.host.kind, clock, logger }));
    if (!lease.held) {
      const { pid, host } = lease.by;
      throw new EngineError('session_busy', heldMessage(lease.by, `before you ${what} it`), { data: { pid, host } });
    }
    try {
      return await work();
    } finally {
      await lease.lease.release();
    }
  }

  return {
    async page(projectId, { limit = LIST_LIMIT, archived = false, ...request }) {
      const { chatsDir } = projects.get(projectId);
      const pinned = archived ? new Map<string, number>() : await pins.read(chatsDir);
      const list = (await catalog.list(projectId, { archived })).map((session) => {
        const pinnedAtMs = pinned.get(session.id);
        return pinnedAtMs === undefined ? session : { ...session, pinnedAtMs };
      });
      const { page, ...rest } = takePage(list, { ...request, limit });
      const withHolder = async (session: SessionSummary): Promise<SessionSummary> => {
        const heldBy = await findHolder(join(chatsDir, session.id), clock.now());
        return heldBy === undefined ? session : { ...session, heldBy: { ...heldBy } };
      };
      const first = request.cursor === undefined ? pinnedFirst(takePage(list, { ...request, limit: list.length }).page) : [];
      return {
        sessions: await Promise.all(page.map(withHolder)),
        ...(first.length === 0 ? {} : { pinned: await Promise.all(first.map(withHolder)) }),
        ...rest,
      };
    },
    async search({ projectId, query, cursor, limit = SEARCH_LIMIT }, signal) {
      const sessions = await catalog.searched(projectId);
      const request = { query, limit, ...defined({ cursor }) };
      const { hits, ...rest } = await searchSessions(sessions, request, () => clock.now(), signal);
      const named = hits.map((hit) => {
        const id = projectId ?? projects.idOf(hit.cwd);
        return id === undefined ? hit : { ...hit, projectId: id };
      });
      return { hits: named, ...rest };
    },
    find: async (projectId, query) => findSessions(await catalog.list(projectId), query),
    async branch(projectId, sessionId, { beforeItemId, newId = SessionId.parse(randomUUID()) } = {}) {
      const { cwd } = projects.get(projectId);
      const { title } = await catalog.get(projectId, sessionId);
      const { promptText } = await writeBranch({
        from: { path: pathOf(projectId, sessionId), sessionId, title },
        to: { path: pathOf(projectId, newId), sessionId: newId, cwd, version: deps.host.version },
        title: `${title.slice(0, MAX_TITLE_CHARS - 9)} (branch)`.trim(),
        nowMs: clock.now(),
        ...defined({ beforeItemId }),
      });
      const session = await emitChanged(projectId, newId);
      return { session, ...defined({ promptText }) };
    },
    async delete(projectId, sessionId) {
      const { cwd } = projects.get(projectId);
      const { title } = await catalog.get(projectId, sessionId);
      await deps.dismiss(sessionId);
      return await withLease(projectId, sessionId, 'delete', async () => {
        const nowMs = clock.now();
        const deleted = await trash.put({ sessionId, title, cwd, paths: await pathsOf(projectId, sessionId), nowMs });
        emit({ event: 'session.removed', data: { projectId, sessionId } });
        void trash.purge(nowMs);
        onDeleted(projectId, sessionId);
        return deleted;
      });
    },
    async archive(projectId, sessionId) {
      await catalog.get(projectId, sessionId);
      const { chatsDir } = projects.get(projectId);
      await deps.dismiss(sessionId);
      await withLease(projectId, sessionId, 'archive', () => moveSession(chatsDir, archiveFolder(chatsDir), sessionId));
      emit({ event: 'session.removed', data: { projectId, sessionId } });
    },
    async unarchive(projectId, sessionId) {
      const { chatsDir } = projects.get(projectId);
      pathOf(projectId, sessionId);
      await withLease(projectId, sessionId, 'unarchive', () => moveSession(archiveFolder(chatsDir), chatsDir, sessionId));
      return await emitChanged(projectId, sessionId);
    },
    async pin(projectId, sessionId, pinned) {
      const { chatsDir } = projects.get(projectId);
      const summary = catalog.summarize(projectId, await catalog.get(projectId, sessionId));
      const pinnedAtMs = (await pins.set(chatsDir, sessionId, pinned, clock.now())) ?? null;
      emit({ event: 'session.changed', data: { summary: { ...summary, pinnedAtMs } } });
    },
    async locate(projectId, sessionId) {
      await catalog.get(projectId, sessionId);
      return pathOf(projectId, sessionId);
    },
    async restore(projectId, token) {
      const { cwd } = projects.get(projectId);
      const sessionId = await trash.find(token, cwd);
      await withLease(projectId, sessionId, 'restore', () => trash.restore(token, cwd));
      return await emitChanged(projectId, sessionId);
    },
    listDeleted: async (projectId) => await trash.list(projects.get(projectId).cwd),
    async export(projectId, sessionId, format) {
      const { title, createdAtMs, cwd } = await catalog.get(projectId, sessionId);
      const head = { sessionId, title: title === '' ? 'Session' : title, cwd, createdAtMs, exportedAtMs: clock.now() };
      const source = { sourcePath: pathOf(projectId, sessionId), describe: describeFor(projectId, sessionId) };
      const prepared = await exports.prepare((targetPath) => writeExport({ ...source, targetPath, format, head }));
      if (prepared === undefined)
        throw new EngineError('session_damaged', 'This session file contains no readable record.', { data: { sessionId } });
      return { ...prepared, fileName: exportFileName(redactText(title), sessionId, format), mediaType: EXPORTS[format].mediaType };
    },
    readExport: (exportId, from) => exports.read(exportId, from),
    prepareText: async (pieces) => (await exports.prepare((path) => writeText(path, pieces))) ?? { exportId: '', totalBytes: 0 },
    async inspect(projectId, sessionId) {
      const { cwd } = projects.get(projectId);
      const report = await inspectSession(pathOf(projectId, sessionId), { sessionId, cwd });
      if (report === undefined) throw new EngineError('session_unknown', 'This folder has no such session.', { data: { sessionId } });
      return report;
    },
    close: () => exports.close(),
  };
}
