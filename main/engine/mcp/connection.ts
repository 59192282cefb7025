/**
 * One server: started, asked what it has, called, ended. Whatever it does stays with it.
 * States: stopped -> connecting -> ready | failed | needs_sign_in; each of them -> connecting by `start`, -> stopped by `close`.
 * A server that dies when it is ready is failed; nothing starts it again by itself.
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';
import type { Clock, Logger, ProcessGroups } from '../ports.ts';
import { withSignal } from './abort.ts';
import { createGuardedFetch, type FetchLike } from './guarded-fetch.ts';
import { createRemoteTransport, guardFlood } from './remote-transport.ts';
import { loadSdk, type Sdk } from './sdk.ts';
import { type McpServerConfig, offersTool, type RemoteConfig } from './server-config.ts';
import { createStderrTail, type StderrTail } from './stderr-tail.ts';
import { createStdioTransport } from './stdio-transport.ts';
import {
  type ListedPrompt,
  listedPrompt,
  type ListedResource,
  listedResource,
  type ListedTool,
  listedTool,
  plainText,
} from './tool-listing.ts';

export interface ConnectionDeps {
  readonly root: string;
  readonly version: string;
  readonly childEnv: () => Promise<Readonly<Record<string, string>>>;
  /** With the tokens of an earlier sign-in; undefined where there are none. */
  readonly authProvider: (name: string, remote: RemoteConfig) => Promise<OAuthClientProvider | undefined>;
  readonly groups: () => ProcessGroups;
  readonly clock: Clock;
  readonly logger: Logger;
  /** State or lists have changed. */
  readonly onChanged: () => void;
}

export interface Listing {
  readonly tools: readonly ListedTool[];
  readonly prompts: readonly ListedPrompt[];
  readonly resources: readonly ListedResource[];
  /** Tools beyond those that are taken. */
  readonly toolsLeftOut: number;
}

/** `error` and `remedy` are for people. */
export type ConnectionState =
  | { readonly kind: 'stopped' | 'connecting' | 'ready' }
  | { readonly kind: 'failed' | 'needs_sign_in'; readonly error: string; readonly remedy: string };

export interface McpConnection {
  readonly config: McpServerConfig;
  state(): ConnectionState;
  /** What it had when it was asked last; kept when it dies, so that its tools can say so. */
  listing(): Listing;
  stderr(): readonly string[];
  startedAtMs(): number;
  /** Ends what runs, and begins anew. Never rejects; the state says how it went. */
  start(): Promise<void>;
  /** Resolves when it is not connecting (any more). */
  settled(): Promise<void>;
  /** Errors: `McpFailure`. */
  call(tool: string, args: Record<string, unknown>, signal: AbortSignal, onProgress?: (text: string) => void): Promise<unknown>;
  prompt(name: string, args: Record<string, string>, signal: AbortSignal): Promise<unknown>;
  read(uri: string, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** Said to the model and to people: what happened, to which server, what to do next. */
export class McpFailure extends Error {
  override readonly name = 'McpFailure';
}

const EMPTY: Listing = { tools: [], prompts: [], resources: [], toolsLeftOut: 0 };
const MAX_TOOLS = 500;
const MAX_PROMPTS = 200;
const MAX_RESOURCES = 1_000;
const MAX_PAGES = 100;
/** Between two looks at lists that a server says have changed. Unit: ms. */
const RELIST_MS = 1_000;

interface Run {
  readonly controller: AbortController;
  readonly tail: StderrTail;
  sdk?: Sdk;
  client?: Client;
  transport?: Transport;
  /** Why it is over, where we know better than the library. */
  why?: () => string | undefined;
}

export function createConnection(config: McpServerConfig, deps: ConnectionDeps): McpConnection {
  const { clock, logger, onChanged } = deps;
  const { name } = config;
  let state: ConnectionState = { kind: 'stopped' };
  let listing = EMPTY;
  let run: Run | undefined;
  let startedAtMs = 0;
  let settled: Promise<void> = Promise.resolve();
  let lastTail: StderrTail | undefined;

  const become = (next: ConnectionState) => {
    state = next;
    onChanged();
  };

  async function open(current: Run): Promise<void> {
    const { transport: wanted } = config;
    if (wanted.kind === 'invalid') throw new McpFailure(wanted.problem);
    const { signal } = current.controller;
    const sdk = await withSignal(loadSdk(), signal);
    current.sdk = sdk;
    const transport = wanted.kind === 'stdio' ? await openStdio(current, sdk, wanted) : await openRemote(current, sdk, wanted);
    current.transport = transport;
    const client = createClient(sdk, deps);
    current.client = client;
    await withSignal(client.connect(transport, { signal, timeout: config.discoveryMs }), signal);
    listing = await listAll(client, config, signal);
    watchLists(current, client, sdk);
    client.onclose = () => died(current);
  }

  async function openStdio(current: Run, sdk: Sdk, wanted: Extract<McpServerConfig['transport'], { kind: 'stdio' }>): Promise<Transport> {
    const env = { ...(await deps.childEnv()), ...wanted.env };
    const schema = sdk.JSONRPCMessageSchema;
    const stderr = current.tail;
    const transport = createStdioTransport(wanted, { name, env, schema, groups: deps.groups(), stderr, clock, logger });
    current.why = transport.whyEnded;
    return transport;
  }

  async function openRemote(current: Run, sdk: Sdk, wanted: RemoteConfig): Promise<Transport> {
    const fetch: FetchLike = createGuardedFetch({ url: wanted.url, headers: wanted.headers, userAgent: `gantry/${deps.version}` });
    const transport = createRemoteTransport(wanted, { sdk, fetch, authProvider: await deps.authProvider(name, wanted) });
    let flood: string | undefined;
    current.why = () => flood;
    guardFlood(transport, clock, (reason) => {
      flood = reason;
      void transport.close();
    });
    return transport;
  }

  function died(current: Run): void {
    if (run !== current) return; // it was ended on purpose
    run = undefined;
    const reason = current.why?.() ?? 'The connection was closed.';
    logger.warn('An MCP server is gone', { server: name, reason });
    become({ kind: 'failed', error: reason, remedy: 'Restart it; what it wrote last is shown below.' });
    void end(current);
  }

  /** Lists that have changed are asked for again, one after the other and not more often than every second. */
  function watchLists(current: Run, client: Client, sdk: Sdk): void {
    let isAsking = false;
    let isStale = false;
    const refresh = () => {
      isStale = true;
      if (isAsking || run !== current) return;
      isAsking = true;
      clock.after(RELIST_MS, () => void relist());
    };
    const relist = async () => {
      isStale = false;
      try {
        listing = await listAll(client, config, AbortSignal.any([current.controller.signal, AbortSignal.timeout(config.discoveryMs)]));
        if (run === current) onChanged();
      } catch (error) {
        logger.info('The lists of an MCP server could not be read again', { server: name, error: String(error) });
      }
      isAsking = false;
      if (isStale) refresh();
    };
    client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, refresh);
    client.setNotificationHandler(sdk.PromptListChangedNotificationSchema, refresh);
    client.setNotificationHandler(sdk.ResourceListChangedNotificationSchema, refresh);
  }

  async function begin(): Promise<void> {
    await stop();
    const tail = createStderrTail(secretsOf(config), (line) => logger.debug('MCP server', { server: name, line }));
    const current: Run = { controller: new AbortController(), tail };
    run = current;
    lastTail = tail;
    startedAtMs = clock.now();
    become({ kind: 'connecting' });
    const stopTimer = clock.after(config.discoveryMs, () => current.controller.abort(new McpFailure(tooSlow(config))));
    try {
      await open(current);
      if (run === current) become({ kind: 'ready' });
    } catch (error) {
      if (run !== current) return; // ended or started again meanwhile
      run = undefined;
      await end(current);
      const next = failureOf(error, current, config);
      logger.info('An MCP server could not be used', { server: name, error: 'error' in next ? next.error : '' });
      become(next);
    } finally {
      stopTimer();
    }
  }

  async function stop(): Promise<void> {
    const current = run;
    run = undefined;
    if (current !== undefined) await end(current);
  }

  async function request(method: string, params: Record<string, unknown>, signal: AbortSignal, onProgress?: (text: string) => void) {
    const current = run;
    if (current?.client === undefined || state.kind !== 'ready')
      throw new McpFailure(`The MCP server ${name} is not running. ${describe(state)}`);
    // The library never takes its listener off a signal, and a turn's signal lives for many calls.
    const own = new AbortController();
    const abort = () => own.abort('Cancelled by the user');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    try {
      const options = {
        signal: own.signal,
        timeout: config.callMs,
        ...(onProgress === undefined ? {} : { onprogress: progressTeller(onProgress) }),
      };
      return await current.client.request({ method, params }, z.looseObject({}), options);
    } catch (error) {
      if (signal.aborted) throw error;
      const lost = config.transport.kind === 'stdio' ? undefined : lostAddress(error);
      if (lost !== undefined) {
        current.why = () => lost;
        died(current);
      }
      throw new McpFailure(callFailure(error, current, config), { cause: error });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    config,
    state: () => state,
    listing: () => listing,
    stderr: () => lastTail?.lines() ?? [],
    startedAtMs: () => startedAtMs,
    start() {
      settled = begin();
      return settled;
    },
    settled: () => settled,
    call: (tool, args, signal, onProgress) => request('tools/call', { name: tool, arguments: args }, signal, onProgress),
    prompt: (prompt, args, signal) => request('prompts/get', { name: prompt, arguments: args }, signal),
    read: (uri, signal) => request('resources/read', { uri }, signal),
    async close() {
      await stop();
      if (state.kind !== 'stopped') become({ kind: 'stopped' });
    },
  };
}

async function end(current: Run): Promise<void> {
  current.controller.abort(new McpFailure('It was stopped.'));
  // Both: a client that never got to its transport does not close it.
  await Promise.allSettled([current.client?.close(), current.transport?.close()]);
}

/** The root of the folder is the one thing a server may ask for: no sampling, no questions to the user. */
export function createClient(sdk: Sdk, { root, version }: Pick<ConnectionDeps, 'root' | 'version'>): Client {
  const client = new sdk.Client(
    { name: 'gantry', version },
    // Output schemas are the server's: they are not compiled into regular expressions here.
    {
      capabilities: { roots: {} },
      jsonSchemaValidator: { getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }) },
    }, // nothing is validated, so the type is whatever the caller says
  );
  client.setRequestHandler(sdk.ListRootsRequestSchema, () => ({ roots: [{ uri: fileUrl(root), name: 'project' }] }));
  return client;
}

function fileUrl(path: string): string {
  const url = new URL('file://');
  url.pathname = path;
  return url.href;
}

const Page = z.looseObject({ nextCursor: z.string().optional().catch(undefined) });

async function listAll(client: Client, config: McpServerConfig, signal: AbortSignal): Promise<Listing> {
  const can = client.getServerCapabilities() ?? {};
  const list = async (method: string, key: string, max: number): Promise<{ found: readonly unknown[]; leftOut: number }> => {
    const found: unknown[] = [];
    let total = 0;
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const answer = await client.request({ method, params }, Page, { signal, timeout: config.discoveryMs });
      const items = answer[key];
      const rows: readonly unknown[] = Array.isArray(items) ? items : [];
      total += rows.length;
      found.push(...rows.slice(0, max - found.length));
      if (answer.nextCursor === undefined || answer.nextCursor === cursor) break;
      cursor = answer.nextCursor;
    }
    return { found, leftOut: total - found.length };
  };
  const none = { found: [], leftOut: 0 };
  // A server that says it has prompts and then fails to list them still has its tools.
  const [tools, prompts, resources] = await Promise.all([
    can.tools === undefined ? none : list('tools/list', 'tools', MAX_TOOLS),
    can.prompts === undefined ? none : list('prompts/list', 'prompts', MAX_PROMPTS).catch(() => none),
    can.resources === undefined ? none : list('resources/list', 'resources', MAX_RESOURCES).catch(() => none),
  ]);
  return {
    tools: tools.found.flatMap((tool) => listedTool(tool) ?? []).filter((tool) => offersTool(config, tool.name)),
    prompts: prompts.found.flatMap((prompt) => listedPrompt(prompt) ?? []),
    resources: resources.found.flatMap((resource) => listedResource(resource) ?? []),
    toolsLeftOut: tools.leftOut,
  };
}

function progressTeller(tell: (text: string) => void) {
  return ({ progress, total, message }: { progress: number; total?: number | undefined; message?: string | undefined }) => {
    const count = total === undefined ? `${progress}` : `${progress} of ${total}`;
    tell(message === undefined ? count : `${count}: ${plainText(message, 200)}`);
  };
}

function tooSlow({ discoveryMs }: McpServerConfig): string {
  return `It did not answer within ${discoveryMs / 1000} s.`;
}

const STATUS_OF_NO_KEY: ReadonlySet<unknown> = new Set([401, 403]);

function failureOf(error: unknown, current: Run, { transport, discoveryMs }: McpServerConfig): ConnectionState {
  const why = current.why?.();
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const isUnauthorized = code === 401 || (current.sdk !== undefined && error instanceof current.sdk.UnauthorizedError);
  if (isUnauthorized && transport.kind !== 'stdio')
    return {
      kind: 'needs_sign_in',
      error: 'It wants to know who you are.',
      remedy: 'Sign in, or give it a header with a token in the settings.',
    };
  if (code === 'ENOENT' && transport.kind === 'stdio')
    return {
      kind: 'failed',
      error: `The program ${transport.command} was not found.`,
      remedy: 'Install it, or correct its command in the settings; then restart it.',
    };
  const said = why ?? (error instanceof Error ? plainText(rootMessage(error), 400) : String(error));
  const remedy = STATUS_OF_NO_KEY.has(code)
    ? 'Check its headers in the settings, then restart it.'
    : transport.kind === 'stdio'
      ? 'Look at what it wrote, check its command in the settings, then restart it.'
      : transport.kind === 'invalid'
        ? 'Then restart it.'
        : 'Check its address and whether it is running, then restart it.';
  const slow = error instanceof McpFailure && error.message.startsWith('It did not answer');
  return { kind: 'failed', error: said, remedy: slow ? `${remedy} discoveryTimeoutMs (now ${discoveryMs}) gives it more time.` : remedy };
}

/** `fetch failed` says nothing; its cause does. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function callFailure(error: unknown, current: Run, { name, callMs }: McpServerConfig): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const why = current.why?.();
  if (why !== undefined || code === -32_000) {
    const last = current.tail.lines().at(-1);
    const said = last === undefined ? '' : ` Its last words: ${last}`;
    return `The MCP server ${name} is gone. ${why ?? 'The connection was closed.'}${said} It can be restarted in the settings.`;
  }
  if (code === -32_001) return `The MCP server ${name} did not answer within ${callMs / 1000} s.`;
  const message = error instanceof Error ? rootMessage(error) : String(error);
  return `The MCP server ${name} refused: ${plainText(message.replace(/^MCP error -?\d+: /, ''), 2_000)}`;
}

/** A server behind an address ends without a word: the next call finds out. */
function lostAddress(error: unknown): string | undefined {
  if (error instanceof TypeError) return `It cannot be reached (${plainText(rootMessage(error), 200)}).`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 404 ? 'It no longer knows this connection.' : undefined;
}

function describe(state: ConnectionState): string {
  if ('error' in state) return `${state.error} ${state.remedy}`;
  return state.kind === 'connecting' ? 'It is still starting; try again in a moment.' : 'It can be started in the settings.';
}

/** Values of the settings that may be secrets; what a server prints of them is masked. */
function secretsOf({ transport }: McpServerConfig): readonly string[] {
  if (transport.kind === 'invalid') return [];
  return transport.kind === 'stdio' ? Object.values(transport.env) : Object.values(transport.headers);
}
