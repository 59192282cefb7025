/** The rules of all layers together, and their result for one use of one tool. Pure. */
import {
  matchesCommand,
  matchesPath,
  matchesUrl,
  mayMatchBelow,
  parseRule,
  type PermissionRule,
  type RulePlace,
} from './permission-rule.ts';

/** As written in settings and on the command line. */
export interface PermissionLists {
  readonly allow: readonly string[];
  readonly ask: readonly string[];
  readonly deny: readonly string[];
  /** `tools.core` with specifiers: only these commands are allowed. Absent: all are. */
  readonly onlyCommands?: readonly string[];
}

export interface PermissionRules {
  readonly allow: readonly PermissionRule[];
  readonly ask: readonly PermissionRule[];
  readonly deny: readonly PermissionRule[];
  readonly onlyCommands: readonly PermissionRule[] | undefined;
}

/** What a rule is matched against. When all optional fields are absent, only rules without a specifier match. */
export interface ToolUse {
  readonly toolNames: readonly string[];
  /** Canonical forms of the command; a rule matches if it matches one of them. */
  readonly commands?: readonly string[];
  readonly paths?: readonly string[];
  /** The use includes everything below the paths. */
  readonly isRecursive?: boolean;
  readonly url?: string;
  /** Name of an agent or a skill. */
  readonly name?: string;
}

export function parseRules({ allow, ask, deny, onlyCommands }: PermissionLists): PermissionRules {
  const parse = (rules: readonly string[]) => rules.map(parseRule).filter((rule) => rule !== undefined);
  return {
    allow: parse(allow),
    ask: parse(ask),
    deny: parse(deny),
    onlyCommands: onlyCommands === undefined ? undefined : parse(onlyCommands),
  };
}

/** `run_shell_command(git)` in `tools.core` and `tools.exclude` meant the beginning of the command. */
export function legacyRule(rule: string): string {
  const [, name, specifier] = /^([^(]+)\((.+)\)$/s.exec(rule.trim()) ?? [];
  return name === undefined || specifier === undefined || specifier.includes('*') ? rule : `${name}(${specifier}:*)`;
}

/** The first rule that covers this use. */
export function findRule(rules: readonly PermissionRule[], use: ToolUse, place: RulePlace): PermissionRule | undefined {
  return rules.find((rule) => covers(rule, use, place));
}

/** A rule that may match files below the paths of this use. */
export function findRuleBelow(rules: readonly PermissionRule[], use: ToolUse, place: RulePlace): PermissionRule | undefined {
  if (use.isRecursive !== true) return undefined;
  return rules.find(
    ({ specifier, names }) =>
      specifier !== undefined && use.toolNames.some(names) && (use.paths ?? []).some((path) => mayMatchBelow(specifier, path, place)),
  );
}

function covers({ specifier, names }: PermissionRule, use: ToolUse, place: RulePlace): boolean {
  if (!use.toolNames.some(names)) return false;
  if (specifier === undefined) return true;
  if (use.commands !== undefined) return use.commands.some((command) => matchesCommand(specifier, command));
  if (use.paths !== undefined) return use.paths.some((path) => matchesPath(specifier, path, place));
  if (use.url !== undefined) return matchesUrl(specifier, use.url);
  return use.name !== undefined && matchesCommand(specifier, use.name);
}
