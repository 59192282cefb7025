/** What can be done with sessions as files: pages, search, branch, delete and undo, export, inspection. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ItemId, type ProjectId, SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import type { StoredSessions } from '../engine-api.ts';
import { checkpointFolder } from '../checkpoint/index.ts';
import { EngineError } from '../errors.ts';
import { redactText } from '../lib/redact.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import { readOutputPiece } from '../task/index.ts';
import { writeBranch } from './session-branch.ts';
import { SESSION_ID, type SessionCatalog } from './session-catalog.ts';
import type { SessionDeps } from './session-deps.ts';
import { EXPORTS, exportFileName, writeExport } from './session-export.ts';
import { inspectSession } from './session-inspect.ts';
import { acquireLease, findHolder } from './session-lease.ts';
import { findSessions, takePage } from './session-page.ts';
import { searchSessions } from './session-search.ts';
import { createSessionTools } from './session-tools.ts';
import { createSessionTrash } from './session-trash.ts';
import type { DescribeCall } from './transcript-fold.ts';

const LIST_LIMIT = 200;
const SEARCH_LIMIT = 50;
const EXPORT_KEPT_MS = 10 * 60 * 1000;
const MAX_TITLE_CHARS = 200;

export interface StoredSessionsDeps extends SessionDeps {
  readonly projects: ProjectDirectory;
  readonly gantryHome: string;
  readonly catalog: SessionCatalog;
  /** Takes a session out of memory. Errors: `session_busy`. */
  readonly dismiss: (sessionId: SessionId) => Promise<void>;
}

export interface OwnedStoredSessions extends StoredSessions {
  /** Removes prepared exports. */
  close(): Promise<void>;
}

export function createStoredSessions(deps: StoredSessionsDeps): OwnedStoredSessions {
  const { catalog, projects, clock, logger, emit, gantryHome } = deps;
  const trash = createSessionTrash(gantryHome, logger);
  const exported = new Map<string, { path: string; stop: () => void }>();

  const pathOf = (projectId: ProjectId, sessionId: SessionId) => {
    const { chatsDir } = projects.get(projectId);
    if (!SESSION_ID.test(sessionId)) throw new EngineError('session_unknown', 'This is no id of a session.', { data: { sessionId } });
    return join(chatsDir, `${sessionId}.jsonl`);
  };

  const describeFor = (projectId: ProjectId, id: SessionId): DescribeCall => {
    const identity = { id, projectId, project: projects.get(projectId), options: {} };
    const context = createSessionTools(identity, [], deps).context(ItemId.parse(id), () => undefined);
    return (name, args) => deps.registry.describe(name, args, context);
  };

  async function tell(projectId: ProjectId, sessionId: SessionId): Promise<SessionSummary> {
    const summary = catalog.summarize(projectId, await catalog.get(projectId, sessionId));
    emit({ event: 'session.changed', data: { summary } });
    return summary;
  }

  /** The session file, then what lies beside it, then the output of its commands. The lease goes with its owner. */
  async function pathsOf(projectId: ProjectId, sessionId: SessionId): Promise<string[]> {
    const { chatsDir, tempDir } = projects.get(projectId);
    const names = (await readdir(chatsDir)).filter((name) => name.startsWith(`${sessionId}.`) && !name.includes('.gantry-lease.json'));
    const own = `${sessionId}.jsonl`;
    const sorted = [own, ...names.filter((name) => name !== own)];
    return [
      ...sorted.map((name) => join(chatsDir, name)),
      join(tempDir, 'background-shells', sessionId),
      checkpointFolder(tempDir, sessionId),
    ];
  }

  async function forget(exportId: string): Promise<void> {
    const entry = exported.get(exportId);
    exported.delete(exportId);
    entry?.stop();
    if (entry !== undefined) await rm(entry.path, { force: true });
  }

  return {
    async page(projectId, { limit = LIST_LIMIT, ...request }) {
      const { page, ...rest } = takePage(await catalog.list(projectId), { ...request, limit });
      const { chatsDir } = projects.get(projectId);
      const withHolder = async (session: SessionSummary): Promise<SessionSummary> => {
        const heldBy = await findHolder(join(chatsDir, session.id), clock.now());
        return heldBy === undefined ? session : { ...session, heldBy: { ...heldBy } };
      };
      return { sessions: await Promise.all(page.map(withHolder)), ...rest };
    },
    async search({ projectId, query, cursor, limit = SEARCH_LIMIT }, signal) {
      const sessions = await catalog.searched(projectId);
      const request = { query, limit, ...(cursor === undefined ? {} : { cursor }) };
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
        ...(beforeItemId === undefined ? {} : { beforeItemId }),
      });
      const session = await tell(projectId, newId);
      return { session, ...(promptText === undefined ? {} : { promptText }) };
    },
    async delete(projectId, sessionId) {
      const { chatsDir, cwd } = projects.get(projectId);
      const { title } = await catalog.get(projectId, sessionId);
      await deps.dismiss(sessionId);
      const lease = await acquireLease({ basePath: join(chatsDir, sessionId), host: deps.host.kind, clock, logger });
      if (!lease.held) {
        const { pid, host } = lease.by;
        const message = `This session is open in another process (${host}, pid ${pid}). Close it there before you delete it.`;
        throw new EngineError('session_busy', message, { data: { pid, host } });
      }
      try {
        const nowMs = clock.now();
        const deleted = await trash.put({ sessionId, title, cwd, paths: await pathsOf(projectId, sessionId), nowMs });
        emit({ event: 'session.removed', data: { projectId, sessionId } });
        void trash.purge(nowMs);
        return deleted;
      } finally {
        await lease.lease.release();
      }
    },
    restore: async (projectId, token) => await tell(projectId, await trash.restore(token, projects.get(projectId).cwd)),
    listDeleted: async (projectId) => await trash.list(projects.get(projectId).cwd),
    async export(projectId, sessionId, format) {
      const { title, createdAtMs, cwd } = await catalog.get(projectId, sessionId);
      const exportId = randomUUID();
      const folder = join(gantryHome, 'exports');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, exportId);
      const head = { sessionId, title: title === '' ? 'Session' : title, cwd, createdAtMs, exportedAtMs: clock.now() };
      exported.set(exportId, { path, stop: clock.after(EXPORT_KEPT_MS, () => void forget(exportId)) });
      const source = { sourcePath: pathOf(projectId, sessionId), targetPath: path, describe: describeFor(projectId, sessionId) };
      const totalBytes = await writeExport({ ...source, format, head }).catch(async (error: unknown) => {
        await forget(exportId);
        throw error;
      });
      if (totalBytes === undefined) {
        await forget(exportId);
        throw new EngineError('session_damaged', 'This session file holds no readable record.', { data: { sessionId } });
      }
      return { exportId, fileName: exportFileName(redactText(title), sessionId, format), mediaType: EXPORTS[format].mediaType, totalBytes };
    },
    async readExport(exportId, { offsetBytes, maxBytes }) {
      const entry = exported.get(exportId);
      if (entry === undefined) throw new EngineError('file_not_found', 'This export is no longer kept. Export the session again.');
      return await readOutputPiece(entry.path, offsetBytes, maxBytes);
    },
    async inspect(projectId, sessionId) {
      const { cwd } = projects.get(projectId);
      const report = await inspectSession(pathOf(projectId, sessionId), { sessionId, cwd });
      if (report === undefined)
        throw new EngineError('session_unknown', 'There is no such session in this folder.', { data: { sessionId } });
      return report;
    },
    async close() {
      await Promise.all([...exported.keys()].map(forget));
    },
  };
}
