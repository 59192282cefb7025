/** `--mcp-config`: MCP servers for one run, from files or as JSON, in the shape of `mcpServers`. */
import { isRecord, parseJson, readSmall } from '../small-json.ts';

/** By name; the entry of a server is checked when the server is started. */
export type McpServers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The limit of a list of servers. Unit: bytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * The merged servers, later ones override earlier ones; or an error message. It quotes nothing, because servers may contain
 * keys.
 */
export async function readMcpConfigs(given: readonly string[]): Promise<McpServers | string> {
  let servers: McpServers = {};
  for (const text of given) {
    const found = await readOne(text);
    if (typeof found === 'string') return found;
    servers = { ...servers, ...found };
  }
  return servers;
}

async function readOne(given: string): Promise<McpServers | string> {
  const isJson = given.trimStart().startsWith('{');
  const name = isJson ? '--mcp-config: the JSON' : `--mcp-config: the file ${given}`;
  const text = isJson ? given : await readSmall(given, MAX_BYTES);
  if (text === undefined) return `${name} is not there, cannot be read, or is longer than ${MAX_BYTES / 1024} KiB.`;
  const value = parseJson(text);
  const servers = isRecord(value) && Object.hasOwn(value, 'mcpServers') ? value['mcpServers'] : value;
  if (!isRecord(servers)) return `${name} is not valid: it must be a JSON object such as {"mcpServers": {"name": {"command": "program"}}}.`;
  const bad = Object.entries(servers).find(([, server]) => !isRecord(server));
  if (bad !== undefined) return `${name} is not valid: the server ${bad[0]} must be an object with command, url or httpUrl.`;
  return servers as McpServers; // the line above has checked that every member is an object
}
