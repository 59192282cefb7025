/**
 * The session files of all folders: lists of them, and summaries of sessions that are not in memory. For a session in
 * memory, its live summary takes precedence over the file.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectId, SessionId, SessionSummary } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import { UNTITLED } from '../transcript/index.ts';
import { archiveFolder } from './session-archive.ts';
import type { IndexedSession, SessionIndex } from './session-index.ts';
import type { Searched } from './session-search.ts';

/** It becomes a file name, so only ids that Qwen Code accepts are allowed. Source: docs/formats.md 2.1. */
export const SESSION_ID = /^[0-9a-fA-F-]{32,36}$/;

export interface CatalogDeps {
  readonly projects: ProjectDirectory;
  readonly index: SessionIndex;
  /** `<qwenRuntime>/projects`. */
  readonly projectsDir: string;
  readonly liveSummary: (sessionId: SessionId) => SessionSummary | undefined;
  readonly endedTurns: (sessionId: SessionId) => number;
}

export interface SessionCatalog {
  /** Newest first; `archived`: the archived sessions instead. */
  list(projectId: ProjectId, options?: { readonly archived?: boolean }): Promise<readonly SessionSummary[]>;
  /** Errors: `session_unknown`. */
  get(projectId: ProjectId, sessionId: SessionId): Promise<IndexedSession>;
  summarize(projectId: ProjectId, entry: IndexedSession): SessionSummary;
  /** The sessions of `projectId`, or of all folders if undefined; newest first. */
  searched(projectId: ProjectId | undefined): Promise<readonly Searched[]>;
}

export function createSessionCatalog({ projects, index, projectsDir, liveSummary, endedTurns }: CatalogDeps): SessionCatalog {
  const summarize = (
    projectId: ProjectId,
    { id, title, createdAtMs, updatedAtMs, cwd: _cwd, ...words }: IndexedSession,
  ): SessionSummary => ({
    ...words,
    ...(liveSummary(id) ?? {
      id,
      projectId,
      title: title === '' ? UNTITLED : title,
      createdAtMs,
      updatedAtMs,
      state: 'idle',
      endedTurns: endedTurns(id),
    }),
  });

  return {
    summarize,
    async list(projectId, { archived = false } = {}) {
      const { chatsDir, cwd } = projects.get(projectId);
      const folder = archived ? archiveFolder(chatsDir) : chatsDir;
      return (await index.list(folder, cwd)).map((entry) => summarize(projectId, entry));
    },
    async get(projectId, sessionId) {
      const { chatsDir, cwd } = projects.get(projectId);
      const found = await index.get(chatsDir, cwd, sessionId);
      if (found === undefined) throw new EngineError('session_unknown', 'This folder has no such session.', { data: { sessionId } });
      return found;
    },
    async searched(projectId) {
      if (projectId !== undefined) {
        const { chatsDir, cwd } = projects.get(projectId);
        return (await index.list(chatsDir, cwd)).map((entry) => ({ ...entry, chatsDir }));
      }
      const folders = await readdir(projectsDir).catch(() => []);
      const lists: Searched[] = [];
      for (const folder of folders) {
        const chatsDir = join(projectsDir, folder, 'chats');
        lists.push(...(await index.list(chatsDir)).map((entry) => ({ ...entry, chatsDir })));
      }
      return lists.sort((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
  };
}
