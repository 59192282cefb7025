/**
 * The sessions that HTTP clients use. Each engine event is received once, whatever the number of clients; nothing here makes
 * decisions.
 */
import { randomUUID } from 'node:crypto';
import type { ProjectSummary, SessionId, SessionSnapshot } from '../../../preload/contract/index.ts';
import { commandsUpdate } from '../../acp-shapes/index.ts';
import { type Clock, type Engine, EngineError, type SessionHandle, type SessionOptions } from '../../engine/index.ts';
import { createSessionFeed, type SessionFeed } from './session-feed.ts';

/** More than anyone uses by hand; each keeps a log. */
export const MAX_SESSIONS = 100;

/** As in Qwen Code, an unknown `/word` is text for the model. */
export const SESSION_OPTIONS: SessionOptions = { sendsUnknownCommands: true };

/** Of one session; the oldest is forgotten. */
const MAX_CLIENTS = 1000;

export interface HubSession extends SessionFeed {
  readonly id: SessionId;
  readonly project: ProjectSummary;
  /** As clients name the folder. */
  readonly cwd: string;
  /** Clients that were given an id and have not left. */
  readonly clients: ReadonlySet<string>;
  /** The id of a new client. */
  join(): string;
  leave(clientId: string): void;
  /** The session may have left memory, or was closed by another client. Errors: those of `Sessions.open`. */
  open(): Promise<SessionHandle>;
  snapshot(): Promise<SessionSnapshot>;
  /** Tool results are not received any more. */
  disconnect(): void;
}

export interface SessionHub {
  /** Changes with every start of the server: event ids of another epoch are invalid. */
  readonly epoch: string;
  /** Follows a session from now on. Errors: `EngineError` queue_full when there are too many. */
  add(session: { project: ProjectSummary; cwd: string; snapshot: SessionSnapshot }): HubSession;
  find(id: string): HubSession | undefined;
  /** The session of this folder that was opened last. */
  findByFolder(cwd: string): HubSession | undefined;
  /** The session where this permission request waits. */
  findByRequest(requestId: string): HubSession | undefined;
  forget(id: string): void;
  close(): void;
}

export function createSessionHub(engine: Engine, clock: Clock): SessionHub {
  const sessions = new Map<string, HubSession>();
  const unsubscribe = engine.subscribe((event) => {
    if (event.event === 'session.removed') forget(event.data.sessionId);
    const id = event.event === 'session.changed' ? event.data.summary.id : 'sessionId' in event.data ? event.data.sessionId : undefined;
    if (id !== undefined) sessions.get(id)?.event(event);
  });

  function forget(id: string): void {
    sessions.get(id)?.disconnect();
    sessions.delete(id);
  }

  /** The oldest without followers and work. */
  function makeRoom(): void {
    if (sessions.size < MAX_SESSIONS) return;
    const idle = [...sessions.values()].find(({ log, now, approvals }) => !log.hasListeners() && !now().isRunning && approvals.size === 0);
    if (idle === undefined)
      throw new EngineError('queue_full', `This server follows ${MAX_SESSIONS} busy sessions already. Close one, then try again.`);
    forget(idle.id);
  }

  return {
    epoch: randomUUID(),
    add({ project, cwd, snapshot }) {
      const { id } = snapshot.summary;
      const known = sessions.get(id);
      if (known !== undefined) return known;
      makeRoom();
      const clients = new Set<string>();
      const feed = createSessionFeed({ id, root: project.path, snapshot, clock, greeting: () => commandsUpdate(engine, project.id) });
      let handle: SessionHandle | undefined;
      let disconnect: () => void = () => undefined;
      const session: HubSession = {
        ...feed,
        ...{ id, project, cwd, clients },
        join() {
          const clientId = `client_${randomUUID()}`;
          clients.add(clientId);
          for (const oldest of clients) {
            if (clients.size <= MAX_CLIENTS) break;
            clients.delete(oldest);
          }
          return clientId;
        },
        leave: (clientId) => void clients.delete(clientId),
        disconnect: () => disconnect(),
        snapshot: () => engine.sessions.open(project.id, id, SESSION_OPTIONS),
        async open() {
          await engine.sessions.open(project.id, id, SESSION_OPTIONS);
          const opened = engine.sessions.get(id);
          if (opened === handle) return opened;
          disconnect();
          disconnect = opened.connectEditor({ files: {}, servers: {}, onToolResult: feed.noteResult });
          handle = opened;
          return opened;
        },
      };
      sessions.set(id, session);
      return session;
    },
    find: (id) => sessions.get(id),
    findByFolder: (cwd) => [...sessions.values()].findLast((session) => session.cwd === cwd),
    findByRequest: (requestId) =>
      [...sessions.values()].find(({ approvals, questions }) => approvals.has(requestId) || questions.has(requestId)),
    forget,
    close: unsubscribe,
  };
}
