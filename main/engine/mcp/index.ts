/** The MCP servers: programs and remote services that add tools, prompts and resources. */
export { createMcp, type McpDeps, type LentServers, type OwnedMcp } from './mcp.ts';
export type { McpConnection } from './connection.ts';
export { offeredReferences } from './references.ts';
export type { Mcp, McpPrompt, McpPromptCall, McpReference, McpResource } from './mcp-api.ts';
