import type { McpServerDraft, McpServerSummary, ProjectId } from '../../../preload/contract/index.ts';
import type { ListedPrompt, ListedResource } from './tool-listing.ts';

/**
 * The MCP servers of the projects, for clients and for the rest of the engine.
 * Order: a project's servers are started by its first session, or by `ready`; they end with the engine.
 * Errors: `mcp_server_unknown`, and what the members say. What goes wrong in a server is its status.
 */
export interface Mcp {
  /** By name, those that are switched off too. Starts nothing. */
  list(projectId: ProjectId): Promise<readonly McpServerSummary[]>;
  /** Starts what was not started yet, and resolves when no server is connecting, at the latest after their discovery times. */
  ready(projectId: ProjectId): Promise<void>;
  /** Ends it and starts it again; resolves when it has begun. */
  restart(projectId: ProjectId, name: string): Promise<void>;
  /**
   * Begins a sign-in; somebody has to open `url` in a browser. How it ends is told by `mcp.changed`, and by `done`: true when the
   * tokens are kept; it never rejects.
   * Errors: `consent_required` (no place for the tokens), `provider_error` (no sign-in is offered), `not_supported` (stdio).
   */
  signIn(projectId: ProjectId, name: string): Promise<{ readonly url: string; readonly done: Promise<boolean> }>;
  signOut(projectId: ProjectId, name: string): Promise<void>;
  /** Writes `mcp.excluded` in the user's settings. Errors: `settings_broken`, `settings_unwritable`, `not_supported` (another file says so). */
  setEnabled(projectId: ProjectId, name: string, enabled: boolean): Promise<void>;
  /** Writes it into the user's or the folder's settings. Errors: `settings_broken`, `settings_unwritable`. */
  add(projectId: ProjectId, scope: 'user' | 'project', name: string, server: McpServerDraft): Promise<void>;
  /** Errors: as `add`, and `mcp_server_unknown` where this file has no such server. */
  remove(projectId: ProjectId, scope: 'user' | 'project', name: string): Promise<void>;
  /** Of the servers that are ready. */
  prompts(projectId: ProjectId): Promise<readonly McpPrompt[]>;
  /** What a prompt says, as text for the model. Errors: `mcp_server_unknown`, `mcp_failed`. */
  promptText(projectId: ProjectId, wanted: McpPromptCall, signal: AbortSignal): Promise<string>;
  resources(projectId: ProjectId): Promise<readonly McpResource[]>;
  /** Errors: `mcp_server_unknown`, `mcp_failed`. */
  readResource(projectId: ProjectId, server: string, uri: string, signal: AbortSignal): Promise<string>;
  /**
   * The resources that a prompt names as `@server:uri`, read, in their order, at most 20. What cannot be read says why.
   * A word that names no server of the project is left alone.
   */
  expandReferences(projectId: ProjectId, text: string, signal: AbortSignal): Promise<readonly McpReference[]>;
}

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
  /** As it stands in the prompt, `@server:uri`. */
  readonly reference: string;
  readonly text: string;
  readonly isError: boolean;
}
