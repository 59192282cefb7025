/**
 * The sessions that HTTP clients use: their event logs and pending approvals. Each engine event is received once, whatever the
 * number of clients; nothing here makes decisions.
 */
import { randomUUID } from 'node:crypto';
import { defined, type Approval, type ApprovalId, type ProjectId, type SessionId } from '../../preload/contract/index.ts';
import { type Clock, type Engine, EngineError } from '../engine/index.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { toSessionUpdates } from './session-updates.ts';

/** More than anyone uses by hand; each keeps a log. */
export const MAX_SESSIONS = 100;

export interface HubSession {
  readonly id: SessionId;
  readonly projectId: ProjectId;
  readonly cwd: string;
  readonly createdAtMs: number;
  readonly log: EventLog;
  /** Approvals without an answer yet. */
  readonly approvals: ReadonlyMap<ApprovalId, Approval>;
}

export interface SessionHub {
  /** Changes with every start of the server: event ids of another epoch are invalid. */
  readonly epoch: string;
  /** Follows a session from now on. Errors: `EngineError` queue_full when there are too many. */
  add(session: { id: SessionId; projectId: ProjectId; cwd: string; approvals: readonly Approval[] }): HubSession;
  find(id: string): HubSession | undefined;
  /** The session of this folder that was opened last. */
  findByFolder(cwd: string): HubSession | undefined;
  close(): void;
}

interface Entry extends HubSession {
  readonly approvals: Map<ApprovalId, Approval>;
  /** The running prompt, as its sender knows it. */
  promptId: string | undefined;
}

export function createSessionHub(engine: Engine, clock: Clock): SessionHub {
  const sessions = new Map<string, Entry>();
  const unsubscribe = engine.subscribe((event) => {
    if (event.event === 'session.removed') sessions.delete(event.data.sessionId);
    const entry = 'sessionId' in event.data ? sessions.get(event.data.sessionId ?? '') : undefined;
    if (entry === undefined) return;
    if (event.event === 'approval.requested') entry.approvals.set(event.data.approval.id, event.data.approval);
    if (event.event === 'approval.resolved') entry.approvals.delete(event.data.approvalId);
    if (event.event === 'item.added' && event.data.item.kind === 'user') entry.promptId = event.data.item.localId;
    for (const { type, data } of toSessionUpdates(event)) {
      entry.log.append(type, (id) => JSON.stringify(envelope(entry, { id, type, data }, clock.now())));
    }
    if (event.event === 'turn.ended') entry.promptId = undefined;
  });

  return {
    epoch: randomUUID(),
    add({ id, projectId, cwd, approvals }) {
      const known = sessions.get(id);
      if (known !== undefined) return known;
      if (sessions.size >= MAX_SESSIONS) {
        throw new EngineError('queue_full', `This server follows ${MAX_SESSIONS} sessions already. Restart it to follow others.`);
      }
      const entry: Entry = {
        id,
        projectId,
        cwd,
        createdAtMs: clock.now(),
        log: createEventLog(),
        approvals: new Map(approvals.map((approval) => [approval.id, approval])),
        promptId: undefined,
      };
      sessions.set(id, entry);
      return entry;
    },
    find: (id) => sessions.get(id),
    findByFolder: (cwd) => [...sessions.values()].findLast((entry) => entry.cwd === cwd),
    close: unsubscribe,
  };
}

function envelope(entry: Entry, event: { id: number; type: string; data: Readonly<Record<string, unknown>> }, nowMs: number) {
  return {
    id: event.id,
    v: 1,
    type: event.type,
    ...defined({ promptId: entry.promptId }),
    data: { sessionId: entry.id, ...event.data },
    _meta: { serverTimestamp: nowMs },
  };
}
