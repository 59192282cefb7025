/** Waits for the MCP servers at the beginning of a run, reports them, and names unusable ones on standard error. */
import type { McpServerSummary, ProjectId } from '../../../preload/contract/index.ts';
import { amount, type Engine } from '../../engine/index.ts';
import type { InitMessage } from './output-message.ts';

export interface ServersAtStart {
  readonly statuses: InitMessage['mcp_servers'];
  readonly toolNames: readonly string[];
}

/**
 * A run has no later turn in which tools could appear, so it waits, at most for the servers' own discovery times.
 * Resolves at once when the signal is aborted. Errors: `EngineError`.
 */
export async function awaitServers(
  { engine, say }: { readonly engine: Engine; readonly say: (line: string) => void },
  projectId: ProjectId,
  signal: AbortSignal,
): Promise<ServersAtStart> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const keepAlive = setInterval(() => {}, 60_000); // a promise alone does not keep the process running
  await Promise.race([engine.mcp.ready(projectId), aborted]);
  clearInterval(keepAlive);
  const servers = await engine.mcp.list(projectId);
  if (!signal.aborted) for (const line of servers.flatMap(problemOf)) say(line);
  return {
    statuses: servers.map(({ name, status }) => ({ name, status: WIRE_STATUS[status] })),
    toolNames: servers.flatMap(({ status, tools }) => (status === 'ready' ? tools.map(({ fullName }) => fullName) : [])),
  };
}

/** Source: docs/formats.md 3.2. */
const WIRE_STATUS: Record<McpServerSummary['status'], string> = {
  ready: 'connected',
  connecting: 'connecting',
  failed: 'disconnected',
  needs_sign_in: 'disconnected',
  stopped: 'disconnected',
  disabled: 'disabled',
};

/** For `mcp_server_status`. */
export async function serverStatuses(engine: Engine, projectId: ProjectId): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await engine.mcp.list(projectId)).map(({ name, status }) => [name, WIRE_STATUS[status]]));
}

function problemOf({ name, error, remedy }: McpServerSummary): readonly string[] {
  return error === undefined ? [] : [`The MCP server ${name} is not used. ${error} ${remedy ?? ''}`.trimEnd()];
}

const WORDS: Record<McpServerSummary['status'], string> = {
  ready: 'ready',
  connecting: 'starting',
  failed: 'failed',
  needs_sign_in: 'needs sign-in',
  stopped: 'not started',
  disabled: 'off',
};

/** One server per line: name, state, its contents or its error. Pure. */
export function formatStatuses(servers: readonly McpServerSummary[]): string {
  if (servers.length === 0) return 'No MCP servers are configured. gantry mcp add adds one.\n';
  const nameWidth = Math.max(...servers.map(({ name }) => name.length));
  const wordWidth = Math.max(...servers.map(({ status }) => WORDS[status].length));
  return servers
    .map((server) => {
      const counts = [
        amount(server.tools.length, 'tool'),
        amount(server.prompts.length, 'prompt'),
        amount(server.resourceCount, 'resource'),
      ].join(', ');
      const rest = server.status === 'ready' ? counts : `${server.error ?? ''} ${server.remedy ?? ''}`.trim();
      return `${server.name.padEnd(nameWidth)}  ${WORDS[server.status].padEnd(wordWidth)}  ${rest}`.trimEnd();
    })
    .join('\n')
    .concat('\n');
}
