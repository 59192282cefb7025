/**
 * The files that a search must hide although it may search their folder: those matched by a deny rule and, for contents, also
 * those matched by an ask rule and those that hold secrets. A call that names such a file directly asks for approval. Pure.
 */
import type { ApprovalMode } from '../../../preload/contract/index.ts';
import { pathMatcher, type RulePlace } from './permission-rule.ts';
import { type PermissionLists, parseRules, type PermissionRules } from './permission-rules.ts';
import { classifyPath } from './protected-paths.ts';

export interface SearchQuestion {
  /** A tool that shows contents counts as `read_file` as well. */
  readonly toolName: string;
  /** The path that the call names, with links resolved: its approval covers this path. */
  readonly target: string;
  readonly mode: ApprovalMode;
}

/** Tools that show the contents of files, not only their names. */
const READERS: ReadonlySet<string> = new Set(['grep_search', 'read_file']);

/** Returns a test for absolute paths: true if the file is hidden. */
export function hiddenFiles(
  lists: PermissionLists,
  place: RulePlace,
  { toolName, target, mode }: SearchQuestion,
): (path: string) => boolean {
  const rules = parseRules(lists);
  const showsContents = READERS.has(toolName);
  const toolNames = showsContents ? [...new Set([toolName, 'read_file'])] : [toolName];
  const compiled = (list: PermissionRules['deny']) =>
    list.flatMap(({ specifier, names }) =>
      specifier !== undefined && toolNames.some((name) => names(name)) ? [pathMatcher(specifier, place)] : [],
    );
  const denied = compiled(rules.deny);
  const asked = showsContents ? compiled(rules.ask) : [];
  const isSecret = (path: string) => classifyPath(path, path, [place.root], place.home).protection === 'secret';
  const hidesSecrets = showsContents && mode !== 'yolo' && !isSecret(target);
  return (path) => {
    if (denied.some((matches) => matches(path))) return true;
    if (path === target) return false;
    return (hidesSecrets && isSecret(path)) || asked.some((matches) => matches(path));
  };
}

/** A test for absolute paths that a deny rule keeps from being read; undefined: no deny rule names files. */
export function deniedReads(lists: PermissionLists, place: RulePlace): ((path: string) => boolean) | undefined {
  const denied = parseRules(lists).deny.flatMap(({ specifier, names }) =>
    specifier !== undefined && names('read_file') ? [pathMatcher(specifier, place)] : [],
  );
  return denied.length === 0 ? undefined : (path) => denied.some((matches) => matches(path));
}
