/** The MCP servers: programs and addresses of others that bring tools, prompts and resources. */
export { createMcp, type McpDeps, type OwnedMcp } from './mcp.ts';
export { offeredReferences } from './references.ts';
export type { Mcp, McpPrompt, McpPromptCall, McpReference, McpResource } from './mcp-api.ts';
