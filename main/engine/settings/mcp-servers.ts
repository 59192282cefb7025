/**
 * The servers of `mcpServers` as settings: listed without their secrets, written as edits. Pure. Source: docs/formats.md 1.5,
 * 7.6.
 */
import type { McpServerSetting } from '../engine-api.ts';
import type { SettingsEdit } from './edit-settings.ts';
import type { SettingsReading } from './settings-api.ts';

const KEY = 'mcpServers';

/** By name. Arguments, variables, headers and the query of an address may contain keys, so they are omitted. */
export function listMcpServers(reading: SettingsReading): readonly McpServerSetting[] {
  const servers = reading.all[KEY];
  if (!isObject(servers)) return [];
  return Object.entries(servers)
    .map(([name, server]): McpServerSetting => {
      const [origin] = reading.originsOf([KEY, name]);
      const scope = origin === undefined || origin.source === 'environment' || origin.source === 'dotenv' ? 'user' : origin.source;
      return { name, scope, ...describe(server) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export function hasMcpServer(current: Readonly<Record<string, unknown>>, name: string): boolean {
  const servers = current[KEY];
  return isObject(servers) && Object.hasOwn(servers, name);
}

/** Removing a missing server needs no edit. */
export function mcpServerEdits(
  current: Readonly<Record<string, unknown>>,
  name: string,
  server: Readonly<Record<string, unknown>> | undefined,
): readonly SettingsEdit[] {
  if (server === undefined && !hasMcpServer(current, name)) return [];
  return [{ path: [KEY, name], value: server }];
}

function describe(server: unknown): Pick<McpServerSetting, 'transport' | 'target'> {
  if (!isObject(server)) return { transport: 'unknown', target: '' };
  const { httpUrl, url, command } = server;
  if (typeof httpUrl === 'string') return { transport: 'http', target: withoutSecrets(httpUrl) };
  if (typeof url === 'string') return { transport: 'sse', target: withoutSecrets(url) };
  return typeof command === 'string' ? { transport: 'stdio', target: command } : { transport: 'unknown', target: '' };
}

function withoutSecrets(address: string): string {
  const url = URL.parse(address);
  return url === null ? 'not an address' : `${url.origin}${url.pathname}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
