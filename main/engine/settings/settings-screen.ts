import {
  defined,
  type ApprovalMode,
  type HostEvent,
  type ModelRef,
  type ProjectId,
  type SettingValue,
} from '../../../preload/contract/index.ts';
import type { Settings } from '../engine-api.ts';
import { toApprovalMode } from '../lib/written-mode.ts';
import type { GantryState } from './gantry-files.ts';
import type { JsonStore } from './json-store.ts';
import { hasMcpServer, mcpServerEdits, listMcpServers } from './mcp-servers.ts';
import { listSettingValues } from './setting-values.ts';
import type { LayeredSettings, SettingsProject } from './settings-api.ts';

export interface SettingsScreenDeps {
  readonly settings: LayeredSettings;
  readonly state: JsonStore<GantryState>;
  /** The folder whose layers to show; throws `project_unknown`. */
  readonly projectOf: (projectId: ProjectId) => Promise<SettingsProject>;
  readonly defaultModel: (projectId?: ProjectId) => Promise<ModelRef | undefined>;
  readonly setDefaultModel: (model: ModelRef) => Promise<void>;
  readonly emit: (event: HostEvent) => void;
}

/** The `Settings` part of the engine: what the settings screen shows and changes. Errors: those of `LayeredSettings`. */
export function createSettingsScreen(deps: SettingsScreenDeps): Settings {
  return {
    async describe(projectId) {
      const project = projectId === undefined ? undefined : await deps.projectOf(projectId);
      const reading = await deps.settings.read(project);
      const defaultModel = await deps.defaultModel(projectId);
      const { theme, moveToBackgroundKey, defaultModel: chosenHere } = deps.state.read();
      return {
        files: [...reading.files],
        problems: [...reading.problems],
        ...defined({ defaultModel }),
        approvalMode: startingMode(reading.values.tools?.approvalMode, project?.trusted ?? true),
        theme,
        values: withChoiceHere(listSettingValues(reading), chosenHere),
        ...(moveToBackgroundKey === null ? {} : { moveToBackgroundKey }),
      };
    },
    listMcpServers: async (projectId) => listMcpServers(await deps.settings.read(await deps.projectOf(projectId))),
    async setMcpServer(projectId, scope, name, server) {
      let wasThere = false;
      const plan = (current: Readonly<Record<string, unknown>>) => {
        wasThere = hasMcpServer(current, name);
        return mcpServerEdits(current, name, server);
      };
      if (scope === 'user') await deps.settings.editUser(plan);
      else await deps.settings.editProject((await deps.projectOf(projectId)).root, plan);
      return wasThere;
    },
    setDefaultModel: (model) => deps.setDefaultModel(model),
    setApprovalMode: (mode) => deps.settings.editUser(() => [{ path: ['tools', 'approvalMode'], value: mode }]),
    async setTheme(theme) {
      await deps.state.update((state) => ({ ...state, theme }));
      deps.emit({ event: 'settings.changed', data: {} });
    },
    async setMoveToBackgroundKey(moveToBackgroundKey) {
      await deps.state.update((state) => ({ ...state, moveToBackgroundKey }));
      deps.emit({ event: 'settings.changed', data: {} });
    },
  };
}

/** The choice of the offline demo is in Gantry's own state: settings.json cannot express it, and it takes precedence there. */
function withChoiceHere(values: readonly SettingValue[], chosen: ModelRef | null): SettingValue[] {
  if (chosen === null) return [...values];
  return values.map((value) =>
    value.key === 'model.name'
      ? {
          ...value,
          text: chosen.modelId,
          origin: { source: 'gantry' },
          shadowed: value.origin.source === 'default' ? [] : [value.origin, ...value.shadowed],
        }
      : value,
  );
}

/**
 * The mode a new session starts in. Pure. An untrusted folder never starts above `default`; an unknown mode counts as `default`.
 */
export function startingMode(written: string | undefined, trusted: boolean): ApprovalMode {
  const mode = toApprovalMode(written) ?? 'default';
  return trusted || mode === 'plan' ? mode : 'default';
}
