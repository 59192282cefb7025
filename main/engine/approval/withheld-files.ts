/**
 * Which files a search must not show although its folder may be searched: what a rule refuses, and of contents also what a
 * rule asks about and what holds secrets. Whoever names such a file by itself is asked. Pure.
 */
import type { ApprovalMode } from '../../../preload/contract/index.ts';
import { pathMatcher, type RulePlace } from './permission-rule.ts';
import { type PermissionLists, parseRules, type PermissionRules } from './permission-rules.ts';
import { judgePath } from './protected-paths.ts';

export interface SearchQuestion {
  /** A tool that shows contents counts as `read_file` as well. */
  readonly toolName: string;
  /** What was asked for by name, its links resolved: the approval has been about it. */
  readonly target: string;
  readonly mode: ApprovalMode;
}

/** Tools that show what is in files, not only that they are there. */
const READERS: ReadonlySet<string> = new Set(['grep_search', 'read_file']);

/** Says of an absolute path whether it is to be left out. */
export function withheldFiles(
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
  const isSecret = (path: string) => judgePath(path, path, []).protection === 'secret';
  const hidesSecrets = showsContents && mode !== 'yolo' && !isSecret(target);
  return (path) => {
    if (denied.some((matches) => matches(path))) return true;
    if (path === target) return false;
    return (hidesSecrets && isSecret(path)) || asked.some((matches) => matches(path));
  };
}
