/** What a turn waits for of the MCP servers, and what it says of those it does not wait for. */
import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import type { SessionView } from './session-view.ts';

/** From a server's start: long enough for most programs, short enough that nobody wonders. Unit: ms. */
const GRACE_MS = 1_000;

/** Undefined: the whole time that servers have to answer. */
export function graceOf({ host }: Pick<SessionDeps, 'host'>): number | undefined {
  return host.kind === 'cli' ? undefined : GRACE_MS;
}

/**
 * Where nobody watches, the whole time that servers have to answer: a run that ends has no later turn in which their tools
 * could appear. Otherwise a moment; what is not ready then is said, and its tools appear when it is.
 */
export async function awaitServers(
  { identity, deps, view }: { readonly identity: SessionIdentity; readonly deps: SessionDeps; readonly view: Pick<SessionView, 'addItem'> },
  signal: AbortSignal,
): Promise<void> {
  const late = await deps.mcp.settle(identity.project, graceOf(deps), signal);
  if (late.length === 0 || signal.aborted) return;
  const text = `Not ready yet: the MCP ${late.length === 1 ? 'server' : 'servers'} ${late.join(', ')}. Their tools appear as soon as they are.`;
  view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level: 'quiet', text });
}
