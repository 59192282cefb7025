/** Changes the settings from the list of servers: adds, removes, enables and disables servers. */
import { defined, type McpServerDraft, type ProjectId } from '../../../preload/contract/index.ts';
import type { Settings } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import type { ProjectDirectory } from '../project/index.ts';
import type { LayeredSettings } from '../settings/index.ts';
import type { Mcp } from './mcp-api.ts';
import { isSwitchedOn } from './server-config.ts';

export interface McpEditsDeps {
  readonly projects: ProjectDirectory;
  readonly settings: Pick<LayeredSettings, 'editUser'>;
  readonly screen: Pick<Settings, 'setMcpServer'>;
  /** Resolves when the running servers match the settings. */
  readonly changed: (projectId: ProjectId) => Promise<void>;
  /** Errors: `mcp_server_unknown`. */
  readonly check: (projectId: ProjectId, name: string) => Promise<void>;
}

export function createMcpEdits({ projects, settings, screen, changed, check }: McpEditsDeps): Pick<Mcp, 'setEnabled' | 'add' | 'remove'> {
  return {
    async setEnabled(projectId, name, enabled) {
      await check(projectId, name);
      await settings.editUser((current) => {
        const mcp = current['mcp'];
        const written = typeof mcp === 'object' && mcp !== null && 'excluded' in mcp && Array.isArray(mcp.excluded) ? mcp.excluded : [];
        const others = written.filter((item) => item !== name);
        return [{ path: ['mcp', 'excluded'], value: enabled ? others : [...others, name] }];
      });
      await changed(projectId);
      if (enabled && !isSwitchedOn(name, await projects.get(projectId).mcpSettings()))
        throw new EngineError(
          'not_supported',
          `Another settings file disables the MCP server ${name} (mcp.excluded or mcp.allowed). Change it there.`,
        );
    },
    async add(projectId, scope, name, server) {
      await screen.setMcpServer(projectId, scope, name, writtenForm(server));
      await changed(projectId);
    },
    async remove(projectId, scope, name) {
      if (!(await screen.setMcpServer(projectId, scope, name, undefined))) throw unknownServer(name);
      await changed(projectId);
    },
  };
}

export function unknownServer(name: string): EngineError {
  return new EngineError('mcp_server_unknown', `There is no MCP server ${name} here, or it is disabled. Check the settings.`, {
    data: { name },
  });
}

/** In Qwen Code's form. */
function writtenForm(server: McpServerDraft): Readonly<Record<string, unknown>> {
  if (server.transport === 'stdio') {
    const { command, args, env } = server;
    return { command, ...(args.length === 0 ? {} : { args }), ...defined({ env }) };
  }
  const { url, headers } = server;
  return { [server.transport === 'sse' ? 'url' : 'httpUrl']: url, ...defined({ headers }) };
}
