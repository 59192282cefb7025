/** Which tools a session has by the settings. Pure. Source: qwen-code.md 1.5, `tools.core`, `tools.exclude`, `tools.disabled`. */
import type { ToolRegistry } from './tool-registry.ts';

export interface ToolChoice {
  /** Only these, where it is set. */
  readonly core: readonly string[] | undefined;
  readonly excluded: readonly string[];
}

/** The class names that older settings say. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  shelltool: 'run_shell_command',
  readfiletool: 'read_file',
  writefiletool: 'write_file',
  edittool: 'edit',
  globtool: 'glob',
  greptool: 'grep_search',
  ripgreptool: 'grep_search',
  lstool: 'list_directory',
  listdirectorytool: 'list_directory',
  todowritetool: 'todo_write',
  replace: 'edit',
  search_file_content: 'grep_search',
};

/**
 * A session's own layer of the registry, without the tools that the settings take away.
 * A rule with a specifier, `run_shell_command(git *)`, lets its tool stay: what may run with it is asked at the call. The
 * list of core tools speaks of the built-in ones alone.
 */
export function chooseTools(registry: ToolRegistry, { core, excluded }: ToolChoice): ToolRegistry {
  const wanted = core === undefined ? undefined : new Set(core.map((rule) => nameOf(rule.replace(/\(.*$/s, ''))));
  const gone = new Set(excluded.filter((rule) => !rule.includes('(')).map(nameOf));
  return registry.child(({ name }) => (wanted === undefined || wanted.has(name) || name.startsWith('mcp__')) && !gone.has(name));
}

function nameOf(rule: string): string {
  const name = rule.trim();
  return CLASS_NAMES[name.toLowerCase()] ?? name;
}
