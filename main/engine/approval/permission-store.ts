/**
 * The rules of a folder: read from all layers, added to and removed from settings.json of the project or the user in place.
 * permission-rules.ts interprets them.
 */
import { join } from 'node:path';
import { defined, type PermissionEntry } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Clock, EnginePaths } from '../ports.ts';
import type { LayeredSettings, SettingsEdit, SettingsProject } from '../settings/index.ts';
import { legacyRule, type PermissionLists } from './permission-rules.ts';

export type RuleScope = 'project' | 'user';

/**
 * The rules of one folder. Errors of the writing methods: `settings_broken`, `settings_unwritable`; `revoke`: `rule_unknown`.
 */
export interface ProjectPermissions {
  lists(): Promise<PermissionLists>;
  /** The file to which a rule of this scope would be written; undefined for an untrusted project. */
  fileOf(scope: RuleScope): Promise<string | undefined>;
  /** Rules that are already in the file are not written again. */
  allow(scope: RuleScope, rules: readonly string[]): Promise<void>;
}

export interface PermissionStore {
  of(project: () => Promise<SettingsProject>): ProjectPermissions;
  /** Every rule of every file, in order of precedence. */
  list(project: SettingsProject | undefined): Promise<readonly PermissionEntry[]>;
  /** Only rules in the user's and the project's own file can be removed. */
  revoke(project: SettingsProject | undefined, entry: PermissionEntry): Promise<void>;
}

/** Tool calls come in bursts; an edit made elsewhere applies after this time at the latest. Unit: ms. */
const FRESH_MS = 300;
const LISTS = ['deny', 'ask', 'allow'] as const;

export function createPermissionStore(settings: LayeredSettings, paths: EnginePaths, clock: Pick<Clock, 'now'>): PermissionStore {
  const fileIn = (root: string) => join(root, '.qwen', 'settings.json');
  const userFile = join(paths.qwenHome, 'settings.json');

  function edit(scope: RuleScope, root: string | undefined, plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]) {
    if (scope === 'user') return settings.editUser(plan);
    if (root === undefined) throw new EngineError('rule_unknown', 'There is no project whose rules could be changed.');
    return settings.editProject(root, plan);
  }

  return {
    of(project) {
      let read: { readonly atMs: number; readonly lists: Promise<PermissionLists> } | undefined;
      return {
        lists() {
          const nowMs = clock.now();
          if (read === undefined || nowMs - read.atMs > FRESH_MS || nowMs < read.atMs) {
            read = { atMs: nowMs, lists: project().then((folder) => readLists(settings, folder)) };
          }
          return read.lists;
        },
        async fileOf(scope) {
          const { root, trusted } = await project();
          if (scope === 'user') return userFile;
          return trusted ? fileIn(root) : undefined;
        },
        async allow(scope, rules) {
          const { root } = await project();
          await edit(scope, root, (current) => {
            const present = rulesIn(current, 'allow');
            const missing = rules.filter((rule) => !present.includes(rule));
            return missing.map((value, at) => ({ path: ['permissions', 'allow', present.length + at], value, insert: true }));
          });
          read = undefined;
        },
      };
    },
    async list(project) {
      const reading = await settings.read(project);
      return LISTS.flatMap((list) =>
        reading.originsOf(['permissions', list]).flatMap(({ source, path, written }) => {
          if (path === undefined || source === 'environment' || source === 'dotenv') return [];
          const rules = Array.isArray(written) ? written.filter((rule) => typeof rule === 'string') : [];
          return rules.map(
            (rule): PermissionEntry => ({ list, rule, scope: source, path, canRevoke: source === 'user' || source === 'project' }),
          );
        }),
      );
    },
    async revoke(project, { list, rule, scope }) {
      if (scope !== 'user' && scope !== 'project') {
        throw new EngineError('rule_unknown', 'This rule comes from the system’s settings; it can only be changed there.');
      }
      let found = false;
      await edit(scope, project?.root, (current) => {
        const at = rulesIn(current, list).indexOf(rule);
        found = at !== -1;
        return found ? [{ path: ['permissions', list, at], value: undefined }] : [];
      });
      if (!found) throw new EngineError('rule_unknown', `The rule ${rule} is no longer in the file.`);
    },
  };
}

async function readLists(settings: LayeredSettings, project: SettingsProject): Promise<PermissionLists> {
  const { permissions, tools } = (await settings.read(project)).values;
  const core = tools?.core?.filter((rule) => /^(run_shell_command|shelltool|bash|shell)\b/i.test(rule.trim()));
  const only = core === undefined || core.length === 0 || core.some((rule) => !rule.includes('(')) ? undefined : core.map(legacyRule);
  return {
    allow: [...(permissions?.allow ?? []), ...(tools?.allowed ?? []).map(legacyRule), ...(only ?? [])],
    ask: permissions?.ask ?? [],
    deny: [...(permissions?.deny ?? []), ...(tools?.exclude ?? []).map(legacyRule)],
    ...defined({ onlyCommands: only }),
  };
}

/** Positions count every entry of the list, including those that are not text. */
function rulesIn(current: Readonly<Record<string, unknown>>, list: PermissionEntry['list']): readonly unknown[] {
  const permissions = current['permissions'];
  const rules =
    typeof permissions === 'object' && permissions !== null && Object.hasOwn(permissions, list)
      ? Object.entries(permissions).find(([key]) => key === list)?.[1]
      : undefined;
  return Array.isArray(rules) ? rules : [];
}
