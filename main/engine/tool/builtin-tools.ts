/**
 * The built-in tools as one list. It is outside index.ts: approvals import tool types and run-tool imports approvals, so one
 * index would close a cycle.
 */
import { askUserQuestionTool } from './ask-user-question.ts';
import { defineTool } from './define-tool.ts';
import { editTool } from './file/edit.ts';
import { createGlobTool } from './search/glob.ts';
import { createGrepTool } from './search/grep-search.ts';
import { listDirectoryTool } from './search/list-directory.ts';
import { monitorTool } from './command/monitor.ts';
import { notebookEditTool } from './file/notebook-edit.ts';
import { enterPlanModeTool, exitPlanModeTool } from './plan-mode.ts';
import { readFileTool } from './file/read-file.ts';
import { createRipgrep } from './search/ripgrep.ts';
import { runShellCommandTool } from './command/run-shell-command.ts';
import { saveMemoryTool } from './save-memory.ts';
import { taskListTool } from './command/task-list.ts';
import { taskOutputTool } from './command/task-output.ts';
import { taskStopTool } from './command/task-stop.ts';
import { todoWriteTool } from './todo-write.ts';
import { toolSearchTool } from './tool-search.ts';
import type { Tool } from './tool.ts';
import { createWebFetchTool } from './web/web-fetch.ts';
import { writeFileTool } from './file/write-file.ts';

/** `findRipgrep` returns the path of a ripgrep to use instead of the packaged one. */
export interface BuiltinToolDeps {
  readonly findRipgrep?: () => Promise<string>;
}

/**
 * The tools of every session, in the order the model sees them. The order never changes, because the request's prefix is
 * cached.
 * Shape: names and parameters are Qwen Code's, so that a session can move between both.
 * Errors: none; the first search reports a missing ripgrep.
 * Source: docs/formats.md 4.2.
 */
export function createBuiltinTools(deps: BuiltinToolDeps = {}): readonly Tool[] {
  const ripgrep = createRipgrep(deps.findRipgrep);
  return [
    defineTool(readFileTool),
    defineTool(writeFileTool),
    defineTool(editTool),
    defineTool(createGlobTool(ripgrep)),
    defineTool(createGrepTool(ripgrep)),
    defineTool(listDirectoryTool),
    defineTool(runShellCommandTool),
    defineTool(monitorTool),
    defineTool(taskListTool),
    defineTool(taskOutputTool),
    defineTool(taskStopTool),
    defineTool(todoWriteTool),
    defineTool(createWebFetchTool()),
    defineTool(askUserQuestionTool),
    defineTool(exitPlanModeTool),
    defineTool(enterPlanModeTool),
    defineTool(saveMemoryTool),
    defineTool(notebookEditTool),
    defineTool(toolSearchTool),
  ];
}
