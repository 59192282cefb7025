/** The settings for MCP servers. Pure. Source: docs/formats.md 1.5, 7.6. */
import { resolveVariables, type SettingsReading, type SettingsScope } from '../settings/index.ts';
import { childEnvironment } from './child-environment.ts';

export interface McpServerSource {
  readonly name: string;
  readonly scope: SettingsScope;
  /** With `$VAR` resolved; never written anywhere. */
  readonly value: Readonly<Record<string, unknown>>;
}

export interface McpSettings {
  /** In the order of the settings; at most 100. */
  readonly servers: readonly McpServerSource[];
  /** If set, only these run. */
  readonly allowed: readonly string[] | undefined;
  readonly excluded: readonly string[];
  /** A call is abandoned after this time without a message from the server. Unit: ms. */
  readonly toolIdleMs: number;
}

/** The variable takes precedence over the file. Units: ms. Source: Qwen Code's documentation of `mcp.toolIdleTimeoutMs`. */
const IDLE_VARIABLE = 'QWEN_CODE_MCP_TOOL_IDLE_TIMEOUT_MS';
const DEFAULT_IDLE_MS = 300_000;
const MIN_IDLE_MS = 10_000;
const MAX_IDLE_MS = 3_600_000;

const MAX_SERVERS = 100;

/**
 * A folder's own servers never get a key of a model's provider: with one, its settings could send it anywhere. `envKeys` are the
 * variables that hold such keys, besides the well-known ones.
 */
export function toMcpSettings(reading: SettingsReading, envKeys: readonly string[]): McpSettings {
  const { all, values, environment } = reading;
  const servers = isRecord(all['mcpServers']) ? Object.keys(all['mcpServers']) : [];
  const withoutKeys = childEnvironment(environment.all, { envKeys, passed: [] });
  return {
    servers: servers.slice(0, MAX_SERVERS).flatMap((name): McpServerSource[] => {
      const [origin] = reading.originsOf(['mcpServers', name]);
      if (origin === undefined || origin.source === 'environment' || origin.source === 'dotenv') return [];
      const value = resolveVariables(origin.written, origin.source === 'project' ? withoutKeys : environment.all);
      return [{ name, scope: origin.source, value: isRecord(value) ? value : {} }];
    }),
    allowed: values.mcp?.allowed,
    excluded: values.mcp?.excluded ?? [],
    toolIdleMs: idleMs(environment.all[IDLE_VARIABLE], values.mcp?.toolIdleTimeoutMs),
  };
}

/** A value out of bounds becomes the nearest allowed one. */
function idleMs(variable: string | undefined, written: number | undefined): number {
  const said = /^\d+$/.test(variable ?? '') ? Number(variable) : written;
  return Math.min(MAX_IDLE_MS, Math.max(MIN_IDLE_MS, said ?? DEFAULT_IDLE_MS));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
