/** Converts an entry of `mcpServers` to the configuration of a server. Pure. Source: docs/formats.md 1.5, 7.6. */
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { McpServerSource, McpSettings } from '../project/index.ts';
import type { DeliverToClient } from './client-transport.ts';
import { compileGlob } from '../lib/glob-pattern.ts';
import { defined } from '../../../preload/contract/index.ts';

export interface McpServerConfig {
  readonly name: string;
  readonly scope: McpServerSource['scope'];
  /** An invalid entry has a reason, for people. */
  readonly transport: StdioConfig | RemoteConfig | ClientConfig | { readonly kind: 'invalid'; readonly problem: string };
  /** Its tools run without approval: `trust`, in a trusted folder. */
  readonly isTrusted: boolean;
  /** From the start to the list of tools. Unit: ms. */
  readonly discoveryMs: number;
  /** Of one call. Unit: ms. */
  readonly callMs: number;
  /** A call is abandoned after this time without any message. Unit: ms. */
  readonly idleMs: number;
  readonly includeTools: readonly string[] | undefined;
  readonly excludeTools: readonly string[];
}

export interface StdioConfig {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the children's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Inside the client that drives this program. */
export interface ClientConfig {
  readonly kind: 'client';
  readonly deliver: DeliverToClient;
}

export interface RemoteConfig {
  readonly kind: 'http' | 'sse';
  readonly url: string;
  /** Sent only to the origin of `url`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly oauth: OAuthConfig;
}

/** A manually registered client; without one it registers itself. */
export interface OAuthConfig {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
  /** The loopback port that the browser returns to; any free one if absent. */
  readonly redirectPort?: number;
}

const STDIO_DISCOVERY_MS = 30_000;
const REMOTE_DISCOVERY_MS = 5_000;
const CALL_MS = 600_000;

const text = z.string().min(1).optional().catch(undefined);
const texts = z
  .array(z.unknown())
  .transform((items) => items.filter((item) => typeof item === 'string'))
  .optional()
  .catch(undefined);
const ms = z
  .number()
  .int()
  .positive()
  .max(24 * 3_600_000)
  .optional()
  .catch(undefined);
/** Numbers and booleans are common in `env`; they stand for their text. */
const values = z
  .record(z.string(), z.unknown())
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, String(value)]] : [],
      ),
    ),
  )
  .optional()
  .catch(undefined);

const Written = z.object({
  command: text,
  args: texts,
  env: values,
  cwd: text,
  url: text,
  httpUrl: text,
  headers: values,
  timeout: ms,
  discoveryTimeoutMs: ms,
  trust: z.boolean().optional().catch(undefined),
  includeTools: texts,
  excludeTools: texts,
  oauth: z.object({ clientId: text, clientSecret: text, scopes: texts, redirectUri: text }).optional().catch(undefined),
});
type Written = z.infer<typeof Written>;

export interface ConfigPlace {
  readonly root: string;
  readonly isTrusted: boolean;
  /** Unit: ms. */
  readonly toolIdleMs: number;
}

/** `deliver`: the server is inside the client. */
export interface ServerSource extends McpServerSource {
  readonly deliver?: DeliverToClient;
}

export function toServerConfig(source: ServerSource, place: ConfigPlace): McpServerConfig {
  const written = Written.parse(source.value);
  const { deliver } = source;
  const transport = deliver === undefined ? toTransport(written, place.root) : ({ kind: 'client', deliver } as const);
  return {
    name: source.name,
    scope: source.scope,
    transport,
    isTrusted: deliver !== undefined || (written.trust === true && place.isTrusted),
    discoveryMs: written.discoveryTimeoutMs ?? (transport.kind === 'stdio' ? STDIO_DISCOVERY_MS : REMOTE_DISCOVERY_MS),
    callMs: written.timeout ?? CALL_MS,
    idleMs: place.toolIdleMs,
    includeTools: written.includeTools?.map(bareName),
    excludeTools: (written.excludeTools ?? []).map(bareName),
  };
}

function toTransport(written: Written, root: string): McpServerConfig['transport'] {
  const { command, args = [], env = {}, cwd, httpUrl, url } = written;
  const address = httpUrl ?? url;
  if (address !== undefined) return toRemote(httpUrl === undefined ? 'sse' : 'http', address, written);
  if (command === undefined) return { kind: 'invalid', problem: 'It has no command, httpUrl or url. Correct it in the settings.' };
  return { kind: 'stdio', command, args, env, cwd: cwd === undefined ? root : isAbsolute(cwd) ? cwd : resolve(root, cwd) };
}

function toRemote(kind: 'http' | 'sse', address: string, { headers = {}, oauth = {} }: Written): McpServerConfig['transport'] {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    return { kind: 'invalid', problem: 'Its address is not an http or https address. Correct it in the settings.' };
  const unset = Object.entries(headers).find(([, value]) => /\$\{?[A-Za-z_]/.test(value));
  if (unset !== undefined)
    return { kind: 'invalid', problem: `Its header ${unset[0]} names a variable that is not set. Set it, for example in .env.` };
  const { clientId, clientSecret, scopes, redirectUri } = oauth;
  const port = Number(URL.parse(redirectUri ?? '')?.port ?? '');
  return {
    kind,
    url: url.href,
    headers,
    oauth: {
      ...defined({ clientId, clientSecret, scopes }),
      ...(port > 0 ? { redirectPort: port } : {}),
    },
  };
}

/** Some settings write it as `tool(first-arg)`. */
function bareName(written: string): string {
  return written.replace(/\(.*$/s, '').trim();
}

/** Pure. Whether the server's own settings allow this tool. */
export function offersTool({ includeTools, excludeTools }: Pick<McpServerConfig, 'includeTools' | 'excludeTools'>, tool: string): boolean {
  return !excludeTools.includes(tool) && (includeTools === undefined || includeTools.includes(tool));
}

/**
 * Pure. The lists contain server names, or patterns of them with `*` and `?`; exclusion takes precedence. Source: Qwen Code's
 * documentation of `mcp`.
 */
export function isSwitchedOn(name: string, { allowed, excluded }: Pick<McpSettings, 'allowed' | 'excluded'>): boolean {
  const isNamed = (list: readonly string[]) => list.some((entry) => (/[*?]/.test(entry) ? compileGlob(entry)(name) : entry === name));
  return !isNamed(excluded) && (allowed === undefined || isNamed(allowed));
}

/** Its location, without anything that may be secret. */
export function getTarget({ transport }: McpServerConfig): string {
  switch (transport.kind) {
    case 'stdio':
      return transport.command;
    case 'client':
    case 'invalid':
      return '';
    default: {
      const { origin, pathname } = new URL(transport.url);
      return `${origin}${pathname}`;
    }
  }
}
