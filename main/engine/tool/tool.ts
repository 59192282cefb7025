import type { z } from 'zod';
import type { ApprovalMode, CommandMarkCode, ItemId, SessionId, ToolDisplay, ToolKind, ToolVerb } from '../../../preload/contract/index.ts';
import type { Logger, WorkspaceFs } from '../ports.ts';
import type { MediaPart } from '../provider/provider.ts';
import type { RunSettings } from '../settings/index.ts';
import type { StartTask, Tasks } from '../task/index.ts';
import type { RunPlan, ToolPreview } from '../approval/index.ts';
import type { QuestionOutcome, UserQuestions } from './questions.ts';

/**
 * One tool: its schema for the model, what a call would do (for the approval), and the work itself.
 * Errors: an expected failure is a `ToolResult` with `isError`; an exception is a bug, which run-tool catches and reports as
 * such.
 */
export interface Tool<Input = unknown> {
  readonly name: string;
  /** Ours, short: all schemas and the system prompt share 16 KB. */
  readonly description: string;
  readonly kind: ToolKind;
  readonly input: z.ZodType<Input>;
  /** JSON Schema of an object, if it comes from outside (MCP); absent: derived from `input`. */
  readonly parameters?: Record<string, unknown>;
  /** Not in the first request: the model finds it with `tool_search`. */
  readonly deferred?: boolean;
  /** True if calls of one answer may run in parallel. */
  readonly isReadOnly: boolean;
  /** A successful call ends the turn: no further answer is needed. */
  readonly endsTurn?: boolean;
  /** If it depends on the input: whether this call only reads. Changes nothing. */
  onlyReads?(input: Input, context: ToolContext, readableFolders: readonly string[]): Promise<boolean>;
  /** The row: `read` `src/a.ts`. Pure, and safe for any valid input. */
  describe(input: Input, context: ToolContext): { verb: ToolVerb; target: string };
  /** What would happen, for the approval; called before it and never changes anything. */
  preview(input: Input, context: ToolContext): Promise<ToolPreview>;
  execute(input: Input, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
}

export interface ToolResult {
  /** For the model; bounded by run-tool. */
  readonly text: string;
  readonly display: ToolDisplay;
  readonly isError: boolean;
  /** For people and the `-p` outputs: a short summary. */
  readonly summary: string;
  /** Content for the model besides the text: an image, a PDF. */
  readonly media?: readonly MediaPart[];
  /** The record's display for Qwen Code, if it is richer than ours. */
  readonly shownAs?: Readonly<Record<string, unknown>>;
}

export interface ToolContext {
  readonly sessionId: SessionId;
  readonly toolCallId: ItemId;
  /** The project's root, symbolic links resolved. */
  readonly root: string;
  /** Further folders the user has added. */
  readonly extraFolders: readonly string[];
  /** The user's home folder. Where the workspace contains it, its dot-folders are protected. */
  readonly home?: string;
  readonly fs: WorkspaceFs;
  /** For the content of the user's files: with the unsaved changes of an editor. Absent: `fs`. */
  readonly documents?: WorkspaceFs;
  readonly tasks: Tasks;
  readonly logger: Logger;
  /** The files the session has read, with their state at that time; `edit` and `write_file` check it. */
  readonly reads: FileReads;
  readonly todos: TodoList;
  /** The environment of children: sanitized, no keys. */
  readonly childEnv: () => Promise<Readonly<Record<string, string>>>;
  /** The settings for results, searches and the shell; absent: the tools' own defaults. */
  readonly runSettings?: () => Promise<Pick<RunSettings, 'results' | 'search' | 'shell'> & Partial<Pick<RunSettings, 'web'>>>;
  /** What runs in place of the call's command, because it runs without a question. run-tool sets it for the call. */
  readonly run?: RunPlan;
  /** What to notice about the call's command. run-tool sets it. */
  readonly marks?: readonly CommandMarkCode[];
  /** Wraps a command's shell as its plan or the settings ask for; undefined: it runs without a sandbox. */
  readonly sandbox?: (cwd: string, run?: RunPlan) => Promise<StartTask['sandbox']>;
  /** Whether commands that run without a question run behind the wall; absent: they do not. */
  readonly hasWall?: () => Promise<boolean>;
  /** The folder of shell output files and cut results. */
  readonly shellOutputDir: string;
  readonly toolOutputDir: string;
  readonly nowMs: () => number;
  /** Updates the row while the tool works (the shell card gets its task id this way). */
  readonly progress: (display: ToolDisplay) => void;
  /** False in an unattended run; `ask` then returns at once. */
  readonly canAsk: boolean;
  /** Shows questions in the row of this call and waits for the user's answer. Never rejects. */
  readonly ask: (asked: UserQuestions, signal: AbortSignal) => Promise<QuestionOutcome>;
  readonly mode: ModeControl;
  /** Where `save_memory` writes: the user's folder, and the name of memory files. */
  readonly memory: () => Promise<{ readonly globalFolder: string; readonly fileName: string }>;
  readonly changes: FileChanges;
  /**
   * Returns a test for files below `target` that this tool must hide, because a rule denies them or asks about each one.
   * Absolute paths, links resolved. Absent: nothing is hidden.
   */
  readonly hiddenFiles?: (toolName: string, target: string) => Promise<(path: string) => boolean>;
  /** A test for files that a deny rule keeps from being read; undefined: no rule does. */
  readonly deniedReads?: () => Promise<((path: string) => boolean) | undefined>;
  /** Tools that the model has not been shown yet. run-tool sets it to the registry of the call. */
  readonly catalog?: ToolCatalog;
}

/**
 * Stores what is needed to undo file changes. Code that writes a user's file calls it right before and after, with the real
 * path. Never rejects.
 */
export interface FileChanges {
  before(path: string): Promise<void>;
  wrote(path: string, bytes: Uint8Array): Promise<void>;
}

export interface ModeControl {
  readonly get: () => ApprovalMode;
  readonly set: (mode: ApprovalMode) => Promise<void>;
  /** The mode that plan mode has replaced; undefined if the session began in it. */
  readonly beforePlan: () => ApprovalMode | undefined;
}

export interface ToolCatalog {
  readonly deferred: readonly Pick<Tool, 'name' | 'description'>[];
  /** The model can call them from the next request on. Unknown names are ignored. */
  reveal(names: readonly string[]): readonly { readonly name: string; readonly description: string; readonly parameters: object }[];
}

export interface FileReads {
  record(path: string, state: ReadState): void;
  get(path: string): ReadState | undefined;
}

/**
 * `hash` of the whole content is more precise than the times: a file that was only touched is unchanged. Absent: the file was
 * read only in part.
 */
export interface ReadState {
  readonly mtimeMs: number;
  readonly sizeBytes: number;
  readonly hash?: string;
}

export interface Todo {
  readonly id: string;
  readonly content: string;
  readonly status: 'pending' | 'in_progress' | 'completed';
}

export interface TodoList {
  get(): readonly Todo[];
  set(todos: readonly Todo[]): void;
}
