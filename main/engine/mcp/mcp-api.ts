import type { McpServerDraft, McpServerSummary, ProjectId } from '../../../preload/contract/index.ts';
import type { DeliverToClient } from './client-transport.ts';
import type { ListedPrompt, ListedResource } from './tool-listing.ts';

/**
 * The MCP servers of the projects, for clients and for the rest of the engine.
 * Order: a project's first session, or `ready`, starts its servers; they end with the engine.
 * Errors: `mcp_server_unknown`, and those of the members. A server's own failure is its status.
 */
export interface Mcp {
  /** By name, including disabled ones. Starts nothing. */
  list(projectId: ProjectId): Promise<readonly McpServerSummary[]>;
  /**
   * Starts all servers that are not running, and resolves when no server is connecting, at the latest after their discovery
   * timeouts.
   */
  ready(projectId: ProjectId): Promise<void>;
  /**
   * Adds servers for as long as the engine runs, and starts them if they may run here; resolves when the start has begun. They take
   * precedence over those of the settings.
   */
  attach(projectId: ProjectId, servers: readonly AttachedServer[]): Promise<void>;
  /** Ends it and starts it again; resolves when the start has begun. */
  restart(projectId: ProjectId, name: string): Promise<void>;
  /**
   * Begins a sign-in; the caller must have `url` opened in a browser. `mcp.changed` reports the outcome, and so does `done`: true
   * when the tokens are stored; it never rejects.
   * Errors: `consent_required` (the tokens cannot be stored), `provider_error` (no sign-in is offered), `not_supported` (stdio).
   */
  signIn(projectId: ProjectId, name: string): Promise<{ readonly url: string; readonly done: Promise<boolean> }>;
  signOut(projectId: ProjectId, name: string): Promise<void>;
  /**
   * Writes `mcp.excluded` in the user's settings. Errors: `settings_broken`, `settings_unwritable`, `not_supported` (another file
   * determines it).
   */
  setEnabled(projectId: ProjectId, name: string, enabled: boolean): Promise<void>;
  /** Writes it into the user's or the folder's settings. Errors: `settings_broken`, `settings_unwritable`. */
  add(projectId: ProjectId, scope: 'user' | 'project', name: string, server: McpServerDraft): Promise<void>;
  /** Errors: as `add`, and `mcp_server_unknown` if this file has no such server. */
  remove(projectId: ProjectId, scope: 'user' | 'project', name: string): Promise<void>;
  /** Of the servers that are ready. */
  prompts(projectId: ProjectId): Promise<readonly McpPrompt[]>;
  /** The content of a prompt, as text for the model. Errors: `mcp_server_unknown`, `mcp_failed`. */
  promptText(projectId: ProjectId, wanted: McpPromptCall, signal: AbortSignal): Promise<string>;
  resources(projectId: ProjectId): Promise<readonly McpResource[]>;
  /** Errors: `mcp_server_unknown`, `mcp_failed`. */
  readResource(projectId: ProjectId, server: string, uri: string, signal: AbortSignal): Promise<string>;
  /**
   * Reads the resources that a prompt names as `@server:uri`, in their order, at most 20. An unreadable one has a reason. A word
   * that names no server of the project is ignored.
   */
  expandReferences(projectId: ProjectId, text: string, signal: AbortSignal): Promise<readonly McpReference[]>;
}

/**
 * A server that a client brings. `deliver`: it is inside the client, whose own code it is, so its tools run without approval unless a
 * rule or the mode wants one. `value`: as an entry of `mcpServers`.
 */
export type AttachedServer =
  | { readonly name: string; readonly deliver: DeliverToClient }
  | { readonly name: string; readonly value: Readonly<Record<string, unknown>> };

export interface McpPrompt extends ListedPrompt {
  readonly server: string;
}

export interface McpPromptCall {
  readonly server: string;
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface McpResource extends ListedResource {
  readonly server: string;
}

export interface McpReference {
  /** As written in the prompt, `@server:uri`. */
  readonly reference: string;
  readonly text: string;
  readonly isError: boolean;
}
