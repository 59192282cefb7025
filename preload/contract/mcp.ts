import * as z from 'zod/mini';
import { SettingsFile } from './settings.ts';

/**
 * stopped: not needed yet. needs_sign_in: it answers, but requires OAuth or a token.
 * disabled: the settings disable it (`mcp.excluded`, `mcp.allowed`).
 */
export const McpServerStatus = z.enum(['disabled', 'stopped', 'connecting', 'ready', 'failed', 'needs_sign_in']);
export type McpServerStatus = z.infer<typeof McpServerStatus>;

/**
 * The current state of a server in `mcpServers`. All text from the server is bounded.
 * Shape: `target` is the command or the address, without anything that could be secret. `tools` are at most 500;
 * `toolsLeftOut` counts the others. `stderr`: its last lines, at most 12, included when it has failed.
 */
export const McpServerSummary = z.object({
  name: z.string(),
  scope: SettingsFile.shape.scope,
  transport: z.enum(['stdio', 'sse', 'http', 'unknown']),
  target: z.string(),
  status: McpServerStatus,
  /** What went wrong and what to do about it, for users. */
  error: z.optional(z.string()),
  remedy: z.optional(z.string()),
  stderr: z.optional(z.array(z.string())),
  /** Its tools run without approval. */
  isTrusted: z.boolean(),
  /** Tokens from a sign-in are stored. */
  isSignedIn: z.boolean(),
  tools: z.array(z.object({ name: z.string(), fullName: z.string(), description: z.string() })),
  toolsLeftOut: z.number(),
  prompts: z.array(z.object({ name: z.string(), description: z.string() })),
  resourceCount: z.number(),
});
export type McpServerSummary = z.infer<typeof McpServerSummary>;

const pairs = z.record(z.string().check(z.minLength(1), z.maxLength(200)), z.string().check(z.maxLength(10_000)));

/** A server as it is written into a settings file. */
export const McpServerDraft = z.discriminatedUnion('transport', [
  z.object({
    transport: z.literal('stdio'),
    command: z.string().check(z.minLength(1), z.maxLength(4096)),
    args: z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(200)),
    env: z.optional(pairs),
  }),
  z.object({
    transport: z.enum(['http', 'sse']),
    url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2000)),
    headers: z.optional(pairs),
  }),
]);
export type McpServerDraft = z.infer<typeof McpServerDraft>;
