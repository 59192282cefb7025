/**
 * The other names of the tools in settings files: the display names and former names of Qwen Code, and those of Claude Code.
 * Source: docs/formats.md 6.
 */

/** By tool. As written in matchers of hooks; rules of permissions ignore the case. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  run_shell_command: ['Bash', 'Shell', 'ShellTool'],
  read_file: ['Read', 'ReadFile', 'ReadFileTool'],
  edit: ['Edit', 'EditTool', 'MultiEdit', 'replace', 'Replace'],
  write_file: ['Write', 'WriteFile', 'WriteFileTool'],
  notebook_edit: ['NotebookEdit'],
  grep_search: ['Grep', 'GrepTool', 'RipGrepTool', 'SearchText', 'search_file_content'],
  glob: ['Glob', 'GlobTool', 'FindFiles'],
  list_directory: ['LS', 'LSTool', 'ListFiles', 'ListDirectoryTool', 'ReadFolder'],
  web_fetch: ['WebFetch', 'WebFetchTool'],
  agent: ['Agent', 'Task', 'task'],
  skill: ['Skill', 'SkillTool'],
  save_memory: ['SaveMemory'],
  todo_write: ['TodoWrite', 'TodoWriteTool'],
  ask_user_question: ['AskUserQuestion'],
  exit_plan_mode: ['ExitPlanMode', 'ExitPlanModeTool'],
};

const TOOL_OF = new Map(Object.entries(OTHER_NAMES).flatMap(([tool, names]) => names.map((name) => [name.toLowerCase(), tool] as const)));

/** The name in the registry of a tool that is written with one of its other names; any other name stays. Ignores the case. */
export function registryName(written: string): string {
  return TOOL_OF.get(written.toLowerCase()) ?? written;
}

/** All names of a tool, its name in the registry first. */
export function allNames(tool: string): readonly string[] {
  return [tool, ...(Object.hasOwn(OTHER_NAMES, tool) ? (OTHER_NAMES[tool] ?? []) : [])];
}
