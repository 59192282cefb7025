/** MCP servers. See requests.ts. */
import { z } from 'zod';
import { ProjectId } from './ids.ts';
import { McpServerDraft, McpServerSummary } from './mcp.ts';
import { none, request, SECRET } from './request.ts';

const mcpName = z.string().min(1).max(300);

export const mcpRequests = {
  /** All that the settings name, those that are switched off too. Starts none. */
  'mcp.list': request(z.object({ projectId: ProjectId }), z.object({ servers: z.array(McpServerSummary) })),
  /** Ends it and starts it, or starts it for the first time. How it goes is told by `mcp.changed`. Errors: `mcp_server_unknown`. */
  'mcp.restart': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /**
   * Begins a sign-in: `url` is to be opened in a browser on the host's machine (`app.openExternal`). `mcp.changed` tells the end.
   * Errors: `consent_required` and `keyring_unavailable` (no place for the tokens), `provider_error`, `not_supported` (a program).
   */
  'mcp.signIn': request(z.object({ projectId: ProjectId, name: mcpName }), z.object({ url: z.string() })),
  'mcp.signOut': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /** In the user's settings. Errors: `settings_broken`, `settings_unwritable`, `not_supported` (another file switches it off). */
  'mcp.setEnabled': request(z.object({ projectId: ProjectId, name: mcpName, enabled: z.boolean() }), none),
  /** Replaces one of the same name in the same file. Errors: `settings_broken`, `settings_unwritable`. */
  'mcp.add': request(
    z.object({
      projectId: ProjectId,
      scope: z.enum(['user', 'project']),
      name: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
      server: McpServerDraft.meta(SECRET),
    }),
    none,
  ),
  'mcp.remove': request(z.object({ projectId: ProjectId, scope: z.enum(['user', 'project']), name: mcpName }), none),
} as const;
