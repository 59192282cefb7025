/**
 * The servers of one folder, kept in line with its settings, with their tools in a separate layer of the registry. A server that
 * is failed or restarting keeps its tools there, so that a call reports the problem.
 */
import type { McpServerSummary } from '../../../preload/contract/index.ts';
import type { McpSettings } from '../project/index.ts';
import type { Tool, ToolRegistry } from '../tool/index.ts';
import { type ConnectionDeps, createConnection, type McpConnection } from './connection.ts';
import { createMcpTool, createReadResourceTool } from './mcp-tool.ts';
import { type ConfigPlace, isSwitchedOn, type McpServerConfig, type ServerSource, toServerConfig, getTarget } from './server-config.ts';
import { serverParts, toolNames } from './tool-names.ts';

export interface ProjectServersDeps {
  readonly connection: Omit<ConnectionDeps, 'onChanged'>;
  /** The layer that the tools are added to. */
  readonly layer: ToolRegistry;
  readonly isSignedIn: (config: McpServerConfig) => Promise<boolean>;
  readonly onChanged: () => void;
}

/** The settings, with the servers that clients bring. */
export interface ServerSettings extends Omit<McpSettings, 'servers'> {
  readonly servers: readonly ServerSource[];
}

export interface ProjectServers {
  /** Applies the settings to the running servers: starts new ones, restarts changed ones, ends others. */
  apply(settings: ServerSettings, isTrustedFolder: boolean): void;
  summaries(): Promise<readonly McpServerSummary[]>;
  find(name: string): McpConnection | undefined;
  all(): readonly McpConnection[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The budget for tools whose schemas are in every request; `tool_search` finds the others. Unit: UTF-16 code units of JSON. */
const DIRECT_CHARS = 5_000;
const DIRECT_TOOLS = 12;

interface Live {
  /** The settings it was created from: other settings need another connection. */
  readonly key: string;
  readonly connection: McpConnection;
  takeAway: () => void;
  shownKey: string;
  directChars: number;
  directTools: number;
}

export function createProjectServers(deps: ProjectServersDeps): ProjectServers {
  const live = new Map<string, Live>();
  const ending = new Set<Promise<void>>();
  let known: { readonly config: McpServerConfig; readonly isEnabled: boolean }[] = [];
  let parts: ReadonlyMap<string, string> = new Map();
  let hasReader = false;
  const find = (name: string) => live.get(name)?.connection;

  function begin(config: McpServerConfig, key: string): void {
    const connection: McpConnection = createConnection(config, {
      ...deps.connection,
      onChanged() {
        showTools(config.name);
        deps.onChanged();
      },
    });
    live.set(config.name, { key, connection, takeAway: () => undefined, shownKey: '', directChars: 0, directTools: 0 });
    void connection.start();
  }

  function finish(name: string): void {
    const entry = live.get(name);
    if (entry === undefined) return;
    live.delete(name);
    entry.takeAway();
    const ended = entry.connection.close().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  /** Called often; acts only if the list has changed. */
  function showTools(name: string): void {
    const entry = live.get(name);
    const part = parts.get(name);
    if (entry === undefined || part === undefined || entry.connection.state().kind !== 'ready') return;
    const { tools, resources } = entry.connection.listing();
    const shownKey = JSON.stringify(tools);
    if (resources.length > 0 && !hasReader) {
      hasReader = true;
      deps.layer.add([createReadResourceTool(find)], { deferred: true });
    }
    if (shownKey === entry.shownKey) return;
    const names = toolNames(
      part,
      tools.map((tool) => tool.name),
    );
    const made = tools.flatMap((tool): Tool[] => {
      const fullName = names.get(tool.name);
      return fullName === undefined ? [] : [createMcpTool(fullName, tool, () => find(name))];
    });
    const chars = JSON.stringify(made.map(({ name: fullName, description, parameters }) => ({ fullName, description, parameters }))).length;
    const others = [...live.values()].filter((other) => other !== entry);
    const usedChars = others.reduce((sum, other) => sum + other.directChars, 0);
    const usedTools = others.reduce((sum, other) => sum + other.directTools, 0);
    const isDirect = usedChars + chars <= DIRECT_CHARS && usedTools + made.length <= DIRECT_TOOLS;
    entry.takeAway();
    entry.takeAway = deps.layer.add(made, { deferred: !isDirect });
    entry.shownKey = shownKey;
    entry.directChars = isDirect ? chars : 0;
    entry.directTools = isDirect ? made.length : 0;
  }

  return {
    apply(settings, isTrustedFolder) {
      parts = serverParts(settings.servers.map(({ name }) => name));
      known = settings.servers.map((source) => ({
        config: toServerConfig(source, { root: deps.connection.root, isTrusted: isTrustedFolder, toolIdleMs: settings.toolIdleMs }),
        isEnabled: isSwitchedOn(source.name, settings),
      }));
      const wanted = new Map(known.filter((entry) => entry.isEnabled).map(({ config }) => [config.name, config]));
      for (const [name, entry] of [...live]) {
        const config = wanted.get(name);
        if (config === undefined || JSON.stringify(config) !== entry.key) finish(name);
      }
      for (const [name, config] of wanted) if (!live.has(name)) begin(config, JSON.stringify(config));
    },
    async summaries() {
      return Promise.all(
        known.map(async ({ config, isEnabled: enabled }) =>
          summarize(config, enabled, find(config.name), await deps.isSignedIn(config), parts),
        ),
      );
    },
    find,
    all: () => [...live.values()].map(({ connection }) => connection),
    async settled() {
      await Promise.all([...live.values()].map(({ connection }) => connection.settled()));
    },
    async close() {
      for (const name of [...live.keys()]) finish(name);
      await Promise.all(ending);
    },
  };
}

function summarize(
  config: McpServerConfig,
  enabled: boolean,
  connection: McpConnection | undefined,
  signedIn: boolean,
  parts: ReadonlyMap<string, string>,
): McpServerSummary {
  const { transport } = config;
  const state = connection?.state() ?? ({ kind: 'stopped' } as const);
  const listing = connection?.listing() ?? { tools: [], prompts: [], resources: [], toolsLeftOut: 0 };
  const stderr = state.kind === 'failed' ? (connection?.stderr() ?? []) : [];
  const names = toolNames(
    parts.get(config.name) ?? '',
    listing.tools.map(({ name }) => name),
  );
  return {
    name: config.name,
    scope: config.scope,
    transport: transport.kind === 'invalid' || transport.kind === 'client' ? 'unknown' : transport.kind,
    target: getTarget(config),
    status: enabled ? state.kind : 'disabled',
    ...('error' in state ? { error: state.error, remedy: state.remedy } : {}),
    ...(stderr.length === 0 ? {} : { stderr: [...stderr] }),
    isTrusted: config.isTrusted,
    isSignedIn: signedIn,
    tools: listing.tools.map(({ name, description }) => ({ name, fullName: names.get(name) ?? name, description })),
    toolsLeftOut: listing.toolsLeftOut,
    prompts: listing.prompts.map(({ name, description }) => ({ name, description })),
    resourceCount: listing.resources.length,
  };
}

/** The view of servers that have not been started. */
export function summarizeUnstarted(
  settings: McpSettings,
  place: Omit<ConfigPlace, 'toolIdleMs'>,
  isSignedIn: (config: McpServerConfig) => Promise<boolean>,
): Promise<readonly McpServerSummary[]> {
  const parts = serverParts(settings.servers.map(({ name }) => name));
  return Promise.all(
    settings.servers.map(async (source) => {
      const config = toServerConfig(source, { ...place, toolIdleMs: settings.toolIdleMs });
      return summarize(config, isSwitchedOn(source.name, settings), undefined, await isSignedIn(config), parts);
    }),
  );
}
