/**
 * What an editor lends to a session while it is connected. It is another program, and its answers may have any form: what it says is
 * checked by the host that speaks to it.
 */

import type { ItemId } from '../../preload/contract/index.ts';

/**
 * The texts of files that are open in the editor, perhaps with unsaved changes. Paths are absolute, without symbolic links, and inside
 * the workspace. Errors: `EngineError` file_unreadable, file_unwritable, with what the editor said.
 */
export interface EditorFiles {
  /** Undefined: the editor does not know this file, so the disk has it. Absent: the editor lends no texts. */
  readonly readText?: (path: string) => Promise<string | undefined>;
  /** False: the editor does not know this file, so it is written to the disk. */
  readonly writeText?: (path: string, text: string) => Promise<boolean>;
}

export interface Editor {
  /** Called with the text that the model reads, before the event of the call's end; also for calls of subagents. */
  readonly onToolResult?: (callId: ItemId, text: string) => void;
  readonly files: EditorFiles;
  /** MCP servers for this session alone, by name, in the form of `mcpServers`. Their calls need approval like any other server's. */
  readonly servers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
