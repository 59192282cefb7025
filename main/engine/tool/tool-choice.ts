/** Which tools a session has by the settings. Pure. Source: docs/formats.md 1.5, `tools.core`, `tools.exclude`, `tools.disabled`. */
import { parseRule, type PermissionRule } from '../approval/index.ts';
import type { ToolRegistry } from './tool-registry.ts';

export interface ToolChoice {
  /** Only these, where it is set. */
  readonly core: readonly string[] | undefined;
  readonly excluded: readonly string[];
}

/**
 * A session's own layer of the registry, without the tools that the settings take away.
 * A rule with a specifier, `run_shell_command(git *)`, lets its tool stay: what may run with it is asked at the call. The
 * list of core tools speaks of the built-in ones alone.
 */
export function chooseTools(registry: ToolRegistry, { core, excluded }: ToolChoice): ToolRegistry {
  const rules = (written: readonly string[]) => written.map(parseRule).filter((rule) => rule !== undefined);
  // `edit` is the tool of that name, where `Edit` is all tools that edit.
  const isAbout = (rule: PermissionRule, name: string) => {
    const own = rule.text.replace(/\(.*$/s, '').trim();
    return registry.names.includes(own) ? own === name : rule.names(name);
  };
  const wanted = core === undefined ? undefined : rules(core);
  const gone = rules(excluded).filter(({ specifier }) => specifier === undefined);
  return registry.child(
    ({ name }) =>
      (wanted === undefined || wanted.some((rule) => isAbout(rule, name)) || name.startsWith('mcp__')) &&
      !gone.some((rule) => isAbout(rule, name)),
  );
}
