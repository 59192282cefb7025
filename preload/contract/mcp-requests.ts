/** MCP servers. See requests.ts. */
import * as z from 'zod/mini';
import { ProjectId } from './ids.ts';
import { McpServerDraft, McpServerSummary } from './mcp.ts';
import { none, request, SECRET } from './request.ts';

const mcpName = z.string().check(z.minLength(1), z.maxLength(300));

export const mcpRequests = {
  /** All servers in the settings, including disabled ones. Starts none. */
  'mcp.list': request(z.object({ projectId: ProjectId }), z.object({ servers: z.array(McpServerSummary) })),
  /** Restarts a server, or starts it for the first time. `mcp.changed` reports its progress. Errors: `mcp_server_unknown`. */
  'mcp.restart': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /**
   * Starts a sign-in: open `url` in a browser on the host's machine (`app.openExternal`). `mcp.changed` reports the end.
   * Errors: `consent_required` and `keyring_unavailable` (no place for the tokens), `provider_error`, `not_supported` (a program).
   */
  'mcp.signIn': request(z.object({ projectId: ProjectId, name: mcpName }), z.object({ url: z.string() })),
  'mcp.signOut': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /** In the user's settings. Errors: `settings_broken`, `settings_unwritable`, `not_supported` (another file disables it). */
  'mcp.setEnabled': request(z.object({ projectId: ProjectId, name: mcpName, enabled: z.boolean() }), none),
  /** Replaces a server with the same name in the same file. Errors: `settings_broken`, `settings_unwritable`. */
  'mcp.add': request(
    z.object({
      projectId: ProjectId,
      scope: z.enum(['user', 'project']),
      name: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,64}$/)),
      server: McpServerDraft.check(z.meta(SECRET)),
    }),
    none,
  ),
  'mcp.remove': request(z.object({ projectId: ProjectId, scope: z.enum(['user', 'project']), name: mcpName }), none),
} as const;
