import type { HostEvent, SessionId } from '../../../preload/contract/index.ts';
import type {
  Engine,
  Permissions,
  Projects,
  Providers,
  SessionHandle,
  Sessions,
  Settings,
  SlashCommands,
  Survivors,
  Tasks,
  WorkHandle,
  WorkspaceFiles,
} from '../../engine/index.ts';
import type { Mcp } from '../../engine/mcp/index.ts';

export interface EngineScript {
  readonly projects?: Partial<Projects>;
  readonly files?: Partial<WorkspaceFiles>;
  readonly sessions?: Partial<Sessions>;
  /** Any session that is open. */
  readonly session?: (id: SessionId) => SessionScript;
  readonly tasks?: Partial<Tasks>;
  readonly survivors?: Partial<Survivors>;
  readonly permissions?: Partial<Permissions>;
  readonly providers?: Partial<Providers>;
  readonly settings?: Partial<Settings>;
  readonly commands?: Partial<SlashCommands>;
  readonly mcp?: Partial<Mcp>;
}

interface SessionScript extends Partial<Omit<SessionHandle, 'work' | 'approvals'>> {
  readonly work?: Partial<WorkHandle>;
  readonly approvals?: Partial<SessionHandle['approvals']>;
}

/** An engine scripted by the test; a member that the test has not provided throws its name when it is called. */
export interface FakeEngine {
  readonly engine: Engine;
  emit(event: HostEvent): void;
  readonly closeCount: () => number;
}

export function createFakeEngine(script: EngineScript = {}): FakeEngine {
  const listeners = new Set<(event: HostEvent) => void>();
  let closes = 0;
  return {
    engine: {
      projects: complete('projects', script.projects),
      files: complete('files', script.files),
      sessions: complete('sessions', { get: (id) => getSession(id, script.session?.(id)), ...script.sessions }),
      tasks: complete('tasks', script.tasks),
      survivors: complete('survivors', script.survivors),
      permissions: complete('permissions', script.permissions),
      providers: complete('providers', script.providers),
      settings: complete('settings', script.settings),
      commands: complete('commands', script.commands),
      mcp: complete('mcp', script.mcp),
      hideKey: () => undefined,
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      close: async () => {
        closes += 1;
      },
    },
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    closeCount: () => closes,
  };
}

function getSession(id: SessionId, { work, approvals, ...script }: SessionScript = {}): SessionHandle {
  return complete('session', { id, work: complete('work', work), approvals: complete('approvals', approvals), ...script });
}

/** Fills a partial interface with functions that throw. A member that is not a function must be provided. */
function complete<T extends object>(group: string, given: Partial<T> | undefined): T {
  return new Proxy((given ?? {}) as T, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (member !== undefined) return member;
      return () => {
        throw new Error(`the test gave no ${group}.${String(name)}`);
      };
    },
  });
}
