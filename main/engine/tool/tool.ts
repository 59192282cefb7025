import type { z } from 'zod';
import type { ApprovalMode, ItemId, SessionId, ToolDisplay, ToolKind } from '../../../preload/contract/index.ts';
import type { Logger, WorkspaceFs } from '../ports.ts';
import type { MediaPart } from '../provider/provider.ts';
import type { RunSettings } from '../settings/index.ts';
import type { StartTask, Tasks } from '../task/index.ts';
import type { ToolPreview } from '../approval/index.ts';
import type { QuestionOutcome, UserQuestions } from './questions.ts';

/**
 * One tool: its schema for the model, what a call would do (for the approval), and the work itself.
 * Errors: an expected failure is a `ToolResult` with `isError`; a throw is a bug, caught by run-tool and told as such.
 */
export interface Tool<Input = unknown> {
  readonly name: string;
  /** Ours, short: all schemas and the system prompt share 16 KB. */
  readonly description: string;
  readonly kind: ToolKind;
  readonly input: z.ZodType<Input>;
  /** JSON Schema of an object, where others made it (MCP); absent: made of `input`. */
  readonly parameters?: Record<string, unknown>;
  /** Not in the first request: the model finds it with `tool_search`. */
  readonly deferred?: boolean;
  /** True where calls of one answer may run at once. */
  readonly isReadOnly: boolean;
  /** The turn is over when a call has succeeded: nothing is left to be said. */
  readonly endsTurn?: boolean;
  /** Where that hangs on the input: whether this very call only reads. Changes nothing. */
  onlyReads?(input: Input, context: ToolContext, readableFolders: readonly string[]): Promise<boolean>;
  /** The row: `Read` `src/a.ts`. Pure, and safe for any valid input. */
  describe(input: Input, context: ToolContext): { verb: string; target: string };
  /** What would happen, for the question; called before the approval and never changes anything. */
  preview(input: Input, context: ToolContext): Promise<ToolPreview>;
  execute(input: Input, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
}

export interface ToolResult {
  /** For the model; bounded by run-tool. */
  readonly text: string;
  readonly display: ToolDisplay;
  readonly isError: boolean;
  /** For people and the `-p` outputs; the short form of what happened. */
  readonly summary: string;
  /** What the model is to see besides the text: an image, a PDF. */
  readonly media?: readonly MediaPart[];
  /** What the record says for Qwen Code's eyes, where it knows something richer than the display. */
  readonly shownAs?: Readonly<Record<string, unknown>>;
}

export interface ToolContext {
  readonly sessionId: SessionId;
  readonly toolCallId: ItemId;
  /** The project's root, symbolic links resolved. */
  readonly root: string;
  /** Further folders the user has added. */
  readonly extraFolders: readonly string[];
  readonly fs: WorkspaceFs;
  readonly tasks: Tasks;
  readonly logger: Logger;
  /** What the session has read, with the state it was in; `edit` and `write_file` check it. */
  readonly reads: FileReads;
  readonly todos: TodoList;
  /** The environment of children: sanitized, no keys. */
  readonly childEnv: () => Promise<Readonly<Record<string, string>>>;
  /** What the settings say about results, searches and the shell; absent: the tools' own defaults. */
  readonly runSettings?: () => Promise<Pick<RunSettings, 'results' | 'search' | 'shell'> & Partial<Pick<RunSettings, 'web'>>>;
  /** Puts a command's shell into the sandbox the settings ask for; absent: they ask for none. */
  readonly sandbox?: (cwd: string) => Promise<StartTask['sandbox']>;
  /** Where shell output files and cut results go. */
  readonly shellOutputDir: string;
  readonly toolOutputDir: string;
  readonly nowMs: () => number;
  /** Updates the row while the tool works (the shell card gets its task id this way). */
  readonly progress: (display: ToolDisplay) => void;
  /** False where nobody could answer; `ask` then says so at once. */
  readonly canAsk: boolean;
  /** Shows questions in the row of this call and waits for the user's answer. Never rejects. */
  readonly ask: (asked: UserQuestions, signal: AbortSignal) => Promise<QuestionOutcome>;
  readonly mode: ModeControl;
  /** Where `save_memory` writes: the user's folder, and the name memory files have. */
  readonly memory: () => Promise<{ readonly globalFolder: string; readonly fileName: string }>;
  readonly changes: FileChanges;
  /**
   * Says of the files below `target` which ones this tool must leave out: the rules refuse them, or ask about each by itself.
   * Absolute paths, links resolved. Absent: none.
   */
  readonly hiddenFiles?: (toolName: string, target: string) => Promise<(path: string) => boolean>;
  /** Tools that are not told to the model yet. Set by run-tool to what the call itself was found in. */
  readonly catalog?: ToolCatalog;
}

/**
 * Keeps what a change of a file can be undone with. Whatever writes a file of the user's tells it right before and after, with
 * the real path. Never rejects.
 */
export interface FileChanges {
  before(path: string): Promise<void>;
  wrote(path: string, bytes: Uint8Array): Promise<void>;
}

export interface ModeControl {
  readonly get: () => ApprovalMode;
  readonly set: (mode: ApprovalMode) => Promise<void>;
  /** The mode that plan mode has replaced; undefined where the session began in it. */
  readonly beforePlan: () => ApprovalMode | undefined;
}

export interface ToolCatalog {
  readonly deferred: readonly Pick<Tool, 'name' | 'description'>[];
  /** From the next request on the model can call them. Unknown names are passed over. */
  reveal(names: readonly string[]): readonly { readonly name: string; readonly description: string; readonly parameters: object }[];
}

export interface FileReads {
  record(path: string, state: ReadState): void;
  get(path: string): ReadState | undefined;
}

/** `hash` of the whole content tells more than the times: a file that was only touched is unchanged. Absent: not all of it was read. */
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
