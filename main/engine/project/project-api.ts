import type { ApprovalMode, ProjectId, Trust } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { RunSettings } from '../settings/index.ts';
import type { ExtensionSettings } from './extension-settings.ts';
import type { McpSettings } from './mcp-settings.ts';

/**
 * What the rest of the engine knows about an open project. Each method reads the settings when called, so an edit from outside
 * counts at once.
 */
export interface ProjectContext {
  readonly id: ProjectId;
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** The path that sessions are filed under: what Qwen Code would get from `process.cwd()`. */
  readonly cwd: string;
  trust(): Promise<Trust>;
  /** `<qwenRuntime>/projects/<sanitized cwd>/chats`. Source: docs/formats.md 2.1. */
  readonly chatsDir: string;
  /** `<qwenRuntime>/tmp/<sha256 of the root>`: shell output and shortened tool results. */
  readonly tempDir: string;
  gitBranch(): Promise<string | undefined>;
  /** The mode a new session starts in: settings `tools.approvalMode`, never above `default` in an untrusted folder. */
  approvalMode(): Promise<ApprovalMode>;
  /** The settings for the work of a session: limits, tools, memory files, searches, shell. */
  runSettings(): Promise<RunSettings>;
  /** The settings for skills, commands, hooks and subagents; for an untrusted folder, only the user's. */
  extensionSettings(): Promise<ExtensionSettings>;
  /** The MCP servers of all files that apply here; a folder's own only if it is trusted. */
  mcpSettings(): Promise<McpSettings>;
  /** Process environment, `.env` and `settings.env` in their order; for key lookup and `$VAR`, never for children. */
  lookupEnv(): Promise<Environment>;
  /** The environment of children: no keys, none of Electron's or Node's variables (BT-32). */
  childEnv(): Promise<Readonly<Record<string, string>>>;
}

/** The open projects. */
export interface ProjectDirectory {
  /** Errors: `project_unknown`. */
  get(projectId: ProjectId): ProjectContext;
  /** The id of a folder that the user has opened; undefined for any other. */
  idOf(folder: string): ProjectId | undefined;
}
