import type { ApprovalMode, ProjectId, Trust } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { RunSettings } from '../settings/index.ts';
import type { ExtensionSettings } from './extension-settings.ts';
import type { McpSettings } from './mcp-settings.ts';

/**
 * What the rest of the engine knows of an open project. A value per question: settings are read when asked, so an edit
 * from outside counts at once.
 */
export interface ProjectContext {
  readonly id: ProjectId;
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** The path sessions are filed under: as Qwen Code would see it with `process.cwd()`. */
  readonly cwd: string;
  trust(): Promise<Trust>;
  /** `<qwenRuntime>/projects/<sanitized cwd>/chats`. Source: docs/formats.md 2.1. */
  readonly chatsDir: string;
  /** `<qwenRuntime>/tmp/<sha256 of the root>`: shell output and cut tool results. */
  readonly tempDir: string;
  gitBranch(): Promise<string | undefined>;
  /** The mode a new session starts in: settings `tools.approvalMode`, never above `default` in an untrusted folder. */
  approvalMode(): Promise<ApprovalMode>;
  /** What settings.json says about the work of a session: limits, tools, memory files, searches, shell. */
  runSettings(): Promise<RunSettings>;
  /** What it says about skills, commands, hooks and subagents; of an untrusted folder, the user's alone. */
  extensionSettings(): Promise<ExtensionSettings>;
  /** The MCP servers of all files that count here; a folder's own only where it is trusted. */
  mcpSettings(): Promise<McpSettings>;
  /** Process environment, `.env` and `settings.env` in their order; for key lookup and `$VAR`, never for children. */
  lookupEnv(): Promise<Environment>;
  /** What a child may have: no keys, none of Electron's or Node's variables (BT-32). */
  childEnv(): Promise<Readonly<Record<string, string>>>;
}

/** The open projects. */
export interface ProjectDirectory {
  /** Errors: `project_unknown`. */
  get(projectId: ProjectId): ProjectContext;
  /** The id of a folder the user has opened; undefined for one this machine's user has not. */
  idOf(folder: string): ProjectId | undefined;
}
