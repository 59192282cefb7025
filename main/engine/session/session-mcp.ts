/** How long a turn waits for MCP servers, and the row about servers that are not ready. */
import { randomUUID } from 'node:crypto';
import { ItemId, type NoticeContent } from '../../../preload/contract/index.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionDeps } from './session-deps.ts';
import type { SessionView } from './session-view.ts';

/** Counted from a server's start: long enough for most servers, short enough to go unnoticed. Unit: ms. */
const GRACE_MS = 1_000;

/** Undefined: the full start timeout of the servers. */
export function graceOf({ host }: Pick<SessionDeps, 'host'>): number | undefined {
  return host.kind === 'cli' ? undefined : GRACE_MS;
}

/**
 * Without a user at the screen, waits for the full start timeout: the run has no later turn in which the tools
 * could appear. Otherwise waits briefly; a row names the servers that are not ready, and their tools appear when they are.
 */
export async function awaitServers(
  { identity, deps, view, editor }: Pick<SessionContext, 'identity' | 'deps' | 'editor'> & { readonly view: Pick<SessionView, 'addItem'> },
  signal: AbortSignal,
): Promise<void> {
  await editor.ready(signal); // an editor's servers are a part of its request
  const late = await deps.mcp.settle(identity.project, graceOf(deps), signal);
  if (late.length === 0 || signal.aborted) return;
  const text = `Not ready yet: the MCP ${late.length === 1 ? 'server' : 'servers'} ${late.join(', ')}. The tools appear when ${late.length === 1 ? 'the server is' : 'the servers are'} ready.`;
  const content: NoticeContent = { code: 'servers_starting', names: [...late] };
  view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level: 'quiet', text, content });
}
