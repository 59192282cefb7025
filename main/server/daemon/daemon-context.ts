import type { Context } from 'hono';
import type { ProjectSummary } from '../../../preload/contract/index.ts';
import type { Clock, Engine } from '../../engine/index.ts';
import type { RpcHost } from '../../rpc/index.ts';
import { HttpFault, noSession } from './route.ts';
import type { HubSession, SessionHub } from './session-hub.ts';

/** What every route may use. */
export interface DaemonContext {
  readonly engine: Engine;
  readonly hub: SessionHub;
  readonly clock: Clock;
  readonly version: string;
  /** The folder of a session if the client names none, and of the file routes. */
  readonly workspace: string;
  /** The page has the token of these routes too, so they confirm what it would have to confirm. */
  readonly confirm: RpcHost['confirm'];
  /** Ends the event streams. */
  readonly signal: AbortSignal;
}

export function findSession({ hub }: Pick<DaemonContext, 'hub'>, id: string | undefined): HubSession {
  const session = hub.find(id ?? '');
  if (session === undefined) throw noSession(id ?? '');
  return session;
}

export function openFolder({ engine }: Pick<DaemonContext, 'engine'>, path: string): Promise<ProjectSummary> {
  return engine.projects.open(path, { remember: true });
}

/** The folder that a path of the form `/workspace/<encoded path>/...` names. */
export function workspaceOf(context: Context): string {
  const cwd = context.req.param('workspace') ?? '';
  if (!cwd.startsWith('/')) throw new HttpFault(400, 'The workspace must be an absolute path, encoded as one part of the address.');
  return cwd;
}
