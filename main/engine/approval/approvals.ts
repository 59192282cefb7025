/** The engine's part of the approvals: the rules of all folders, and the sandbox state from the current settings. */
import { realpathSync } from 'node:fs';
import type { ProjectId, SandboxState } from '../../../preload/contract/index.ts';
import type { Permissions } from '../permissions-api.ts';
import type { Clock, EnginePaths } from '../ports.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import { type Sandbox, type SandboxPlace, toSandboxSettings, type WrappedShell } from '../sandbox/index.ts';
import type { LayeredSettings, SettingsProject } from '../settings/index.ts';
import { createPermissionStore, type PermissionStore } from './permission-store.ts';
import { hiddenFiles } from './hidden-files.ts';
import type { RunPlan } from './shell/run/plan-run.ts';

export interface ApprovalsDeps {
  readonly settings: LayeredSettings;
  readonly paths: EnginePaths;
  readonly clock: Pick<Clock, 'now'>;
  readonly projects: ProjectDirectory;
  readonly sandbox: Sandbox;
  readonly onChanged: () => void;
}

export interface Approvals extends Permissions {
  /** With its links resolved, as the paths of calls are. */
  readonly home: string;
  readonly rules: Pick<PermissionStore, 'of'>;
  /**
   * Returns a test for files of the folder: true if a deny rule hides the file's name from lists. Errors: those of the
   * settings.
   */
  hidden(projectId: ProjectId): Promise<(path: string) => boolean>;
  /** The same for contents: also files that an ask rule matches, and those that hold secrets. */
  unreadable(projectId: ProjectId): Promise<(path: string) => boolean>;
  sandbox(): Promise<SandboxState>;
  /** Whether a wall surrounds commands that run without a question. */
  hasWall(): Promise<boolean>;
  /** How a command is sandboxed: behind the wall if `run` asks for it, otherwise as in the settings; undefined: not at all. */
  keepIn(place: Omit<SandboxPlace, 'home'>, run?: RunPlan): Promise<((shell: WrappedShell) => ReturnType<Sandbox['wrap']>) | undefined>;
}

export function createApprovals({ settings, paths, clock, projects, sandbox, onChanged }: ApprovalsDeps): Approvals {
  const home = realHome(paths.home);
  const rules = createPermissionStore(settings, paths, clock);
  // A project cannot change this setting, so project settings are not read.
  const wanted = async () => toSandboxSettings((await settings.read()).all);
  const state = async () => sandbox.state(await wanted());

  async function findPlace(projectId: ProjectId | undefined): Promise<SettingsProject | undefined> {
    if (projectId === undefined) return undefined;
    const { root, cwd, trust } = projects.get(projectId);
    return { root, cwd, trusted: (await trust()) === 'trusted' };
  }

  async function hiddenFrom(projectId: ProjectId, toolName: string): Promise<(path: string) => boolean> {
    const { root } = projects.get(projectId);
    const lists = await rules.of(async () => (await findPlace(projectId)) ?? { root, cwd: root, trusted: false }).lists();
    return hiddenFiles(lists, { root, home }, { toolName, target: root, mode: 'default' });
  }

  return {
    home,
    rules,
    hidden: (projectId) => hiddenFrom(projectId, 'glob'),
    unreadable: (projectId) => hiddenFrom(projectId, 'read_file'),
    sandbox: state,
    hasWall: async () => (await sandbox.wall()).status === 'on',
    async keepIn(place, run) {
      const hidden = run?.wall?.hidden;
      if (hidden !== undefined) return (shell) => sandbox.wrapInWall(place, hidden, shell);
      const asked = await wanted();
      return asked === undefined ? undefined : (shell) => sandbox.wrap(asked, { ...place, home }, shell);
    },
    async list(projectId) {
      const [entries, kept, wall] = await Promise.all([rules.list(await findPlace(projectId)), state(), sandbox.wall()]);
      return { entries, sandbox: kept, wall };
    },
    async revoke(projectId, entry) {
      await rules.revoke(await findPlace(projectId), entry);
      onChanged();
    },
  };
}

function realHome(home: string): string {
  try {
    return realpathSync(home);
  } catch {
    return home; // it may be created later
  }
}
