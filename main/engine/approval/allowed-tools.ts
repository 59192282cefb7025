/** The rules of `--allowed-tools`: `Tool` or `Tool(specifier)`, with Qwen Code's aliases. Pure. Source: qwen-code.md 6. */

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  bash: ['run_shell_command'],
  shell: ['run_shell_command'],
  shelltool: ['run_shell_command'],
  read: ['read_file', 'grep_search', 'glob', 'list_directory'],
  readfile: ['read_file'],
  edit: ['edit', 'write_file', 'notebook_edit'],
  write: ['write_file'],
  grep: ['grep_search'],
  glob: ['glob'],
  listfiles: ['list_directory'],
};

/** Anything that could join a second command to an allowed one. */
const COMPOUND = /[;&|<>`\n\r]|\$\(|\$\{/;

export function isAllowedByRule(rules: readonly string[], toolName: string, command: string | undefined): boolean {
  return rules.some((rule) => {
    const [, name = '', specifier] = /^([^(]+)(?:\((.*)\))?$/s.exec(rule.trim()) ?? [];
    const names = ALIASES[name.toLowerCase()] ?? [name];
    if (!names.includes(toolName)) return false;
    if (specifier === undefined || specifier === '' || specifier === '*') return true;
    return command !== undefined && !COMPOUND.test(command) && matchesCommand(specifier, command);
  });
}

/** `git status`, `git:*` and `git *` match at a word's end: neither allows `gitk`. */
function matchesCommand(specifier: string, command: string): boolean {
  const prefix = /^(.*?)(?::\*|\s\*)$/s.exec(specifier)?.[1];
  const said = command.trim();
  if (prefix !== undefined) return said === prefix || said.startsWith(`${prefix} `);
  const pattern = specifier
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 's').test(said);
}
