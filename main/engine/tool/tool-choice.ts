/**
 * The tools that the settings give to a session. Pure. Source: docs/formats.md 1.5, `tools.core`, `tools.exclude`,
 * `tools.disabled`.
 */
import { parseRule, type PermissionRule } from '../approval/index.ts';
import type { ToolRegistry } from './tool-registry.ts';

export interface ToolChoice {
  /** If set, only these are available. */
  readonly core: readonly string[] | undefined;
  readonly excluded: readonly string[];
}

/**
 * A session's own layer of the registry, without the tools that the settings remove.
 * A rule with a specifier, `run_shell_command(git *)`, keeps its tool: the approval of each call decides what may run. The
 * list of core tools only concerns the built-in ones.
 */
export function chooseTools(registry: ToolRegistry, { core, excluded }: ToolChoice): ToolRegistry {
  const rules = (written: readonly string[]) => written.map(parseRule).filter((rule) => rule !== undefined);
  // `edit` is the tool of that name; `Edit` is all tools that edit.
  const isAbout = (rule: PermissionRule, name: string) => {
    const own = rule.text.replace(/\(.*$/s, '').trim();
    return registry.names.includes(own) ? own === name : rule.names(name);
  };
  const wanted = core === undefined ? undefined : rules(core);
  const removed = rules(excluded).filter(({ specifier }) => specifier === undefined);
  return registry.child(
    ({ name }) =>
      (wanted === undefined || wanted.some((rule) => isAbout(rule, name)) || name.startsWith('mcp__')) &&
      !removed.some((rule) => isAbout(rule, name)),
  );
}
