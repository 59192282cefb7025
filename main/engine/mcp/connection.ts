/**
 * One server: started, asked for its lists, called, ended. Its failures do not affect anything else.
 * States: stopped -> connecting -> ready | failed | needs_sign_in; each of them -> connecting by `start`, -> stopped by `close`.
 * A server that dies when it is ready is failed; nothing restarts it automatically.
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';
import type { Clock, Logger, ProcessGroups } from '../ports.ts';
import { withSignal } from './abort.ts';
import { createClientTransport } from './client-transport.ts';
import { callFailure, type ConnectionState, describeState, toFailure, lostAddress, McpFailure, tooQuiet, tooSlow } from './failure-text.ts';
import { createGuardedFetch, type FetchLike, type GuardedFetchOptions } from './server-fetch.ts';
import { listAll, type Listing } from './list-all.ts';
import { createRemoteTransport, guardFlood } from './remote-transport.ts';
import { loadSdk, type Sdk } from './sdk.ts';
import type { McpServerConfig, RemoteConfig } from './server-config.ts';
import { createStderrTail, type StderrTail } from './stderr-tail.ts';
import { createStdioTransport } from './stdio-transport.ts';
import { plainText } from './tool-listing.ts';

export interface ConnectionDeps {
  readonly root: string;
  readonly version: string;
  readonly childEnv: () => Promise<Readonly<Record<string, string>>>;
  /** With the tokens of an earlier sign-in; undefined if there are none. */
  readonly authProvider: (name: string, remote: RemoteConfig) => Promise<OAuthClientProvider | undefined>;
  readonly groups: () => ProcessGroups;
  /** The proxy to use; absent: none. */
  readonly proxies?: GuardedFetchOptions['proxies'];
  readonly clock: Clock;
  readonly logger: Logger;
  /** State or lists have changed. */
  readonly onChanged: () => void;
}

export interface McpConnection {
  readonly config: McpServerConfig;
  state(): ConnectionState;
  /** The last known lists; kept when the server dies, so that its tools can report that. */
  listing(): Listing;
  /** What the server says about its use, shortened; empty if it says nothing or is not ready. */
  instructions(): string;
  stderr(): readonly string[];
  startedAtMs(): number;
  /** Ends the running server, if any, and starts a new one. Never rejects; the state reports the outcome. */
  start(): Promise<void>;
  /** Resolves when it is not connecting (any more). */
  settled(): Promise<void>;
  /** Errors: `McpFailure`. */
  call(tool: string, args: Record<string, unknown>, signal: AbortSignal, onProgress?: (text: string) => void): Promise<unknown>;
  prompt(name: string, args: Record<string, string>, signal: AbortSignal): Promise<unknown>;
  read(uri: string, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** They are in every request. Unit: UTF-16 code units. */
const MAX_INSTRUCTIONS_CHARS = 2_000;

const EMPTY: Listing = { tools: [], prompts: [], resources: [], toolsLeftOut: 0 };
/** The interval between two requests for lists that a server reports as changed. Unit: ms. */
const RELIST_MS = 1_000;

interface Run {
  readonly controller: AbortController;
  readonly tail: StderrTail;
  sdk?: Sdk;
  client?: Client;
  transport?: Transport;
  /** Why it ended, if we know better than the library. */
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
  /** Of the previous run, which may still be ending. */
  let ended: Promise<void> = Promise.resolve();

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
    const transport = await openTransport(current, sdk, wanted);
    current.transport = transport;
    const client = createClient(sdk, deps);
    current.client = client;
    await withSignal(client.connect(transport, { signal, timeout: config.discoveryMs }), signal);
    listing = await listAll(client, config, signal);
    watchLists(current, client, sdk);
    client.onclose = () => died(current);
  }

  async function openTransport(
    current: Run,
    sdk: Sdk,
    wanted: Exclude<McpServerConfig['transport'], { kind: 'invalid' }>,
  ): Promise<Transport> {
    if (wanted.kind === 'client') return createClientTransport(wanted.deliver, sdk.JSONRPCMessageSchema);
    return wanted.kind === 'stdio' ? openStdio(current, sdk, wanted) : openRemote(current, sdk, wanted);
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
    const fetch: FetchLike = createGuardedFetch({
      url: wanted.url,
      headers: wanted.headers,
      userAgent: `gantry/${deps.version}`,
      proxies: deps.proxies,
    });
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
    become({ kind: 'failed', error: reason, remedy: 'Restart it; its last output is shown below.' });
    ended = end(current);
  }

  /** Changed lists are requested again, one after the other and at most once a second. */
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
    const tail = createStderrTail(findSecrets(config), (line) => logger.debug('MCP server', { server: name, line }));
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
      if (run !== current) return; // ended or restarted in between
      run = undefined;
      const next = toFailure(error, current, config); // before the server is ended, which would otherwise be the reason
      await end(current);
      logger.info('An MCP server could not be used', { server: name, error: 'error' in next ? next.error : '' });
      become(next);
    } finally {
      stopTimer();
    }
  }

  async function stop(): Promise<void> {
    const current = run;
    run = undefined;
    if (current !== undefined) ended = Promise.all([ended, end(current)]).then(() => undefined);
    await ended;
  }

  async function request(method: string, params: Record<string, unknown>, signal: AbortSignal, onProgress?: (text: string) => void) {
    const current = run;
    if (current?.client === undefined || state.kind !== 'ready')
      throw new McpFailure(`The MCP server ${name} is not running. ${describeState(state)}`);
    // The library never removes its listener from a signal, and a turn's signal lives for many calls.
    const own = new AbortController();
    const abort = () => own.abort('Cancelled by the user');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    // Progress shows that the server is working; silence shows that it is stuck.
    const idle = new McpFailure(tooQuiet(config));
    const watch = () => clock.after(config.idleMs, () => own.abort(idle));
    let stopWatch = watch();
    const handleProgress = createProgressHandler((text) => {
      stopWatch();
      stopWatch = watch();
      onProgress?.(text);
    });
    try {
      return await current.client.request({ method, params }, z.looseObject({}), {
        signal: own.signal,
        timeout: config.callMs,
        onprogress: handleProgress,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      if (own.signal.reason === idle) throw idle;
      const isRemote = config.transport.kind === 'http' || config.transport.kind === 'sse';
      const lost = isRemote ? lostAddress(error) : undefined;
      if (lost !== undefined) {
        current.why = () => lost;
        died(current);
      }
      throw new McpFailure(callFailure(error, current, config), { cause: error });
    } finally {
      stopWatch();
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    config,
    state: () => state,
    listing: () => listing,
    instructions: () => (state.kind === 'ready' ? plainText(run?.client?.getInstructions() ?? '', MAX_INSTRUCTIONS_CHARS) : ''),
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
  // Both: a client without a connected transport does not close it.
  await Promise.allSettled([current.client?.close(), current.transport?.close()]);
}

/** A server may only ask for the root of the folder: no sampling, no questions to the user. */
export function createClient(sdk: Sdk, { root, version }: Pick<ConnectionDeps, 'root' | 'version'>): Client {
  const client = new sdk.Client(
    { name: 'gantry', version },
    // Output schemas come from the server: they are not compiled into regular expressions here.
    {
      capabilities: { roots: {} },
      jsonSchemaValidator: { getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }) },
    }, // nothing is validated, so the caller determines the type
  );
  client.setRequestHandler(sdk.ListRootsRequestSchema, () => ({ roots: [{ uri: fileUrl(root), name: 'project' }] }));
  return client;
}

function fileUrl(path: string): string {
  const url = new URL('file://');
  url.pathname = path;
  return url.href;
}

function createProgressHandler(report: (text: string) => void) {
  return ({ progress, total, message }: { progress: number; total?: number | undefined; message?: string | undefined }) => {
    const count = total === undefined ? `${progress}` : `${progress} of ${total}`;
    report(message === undefined ? count : `${count}: ${plainText(message, 200)}`);
  };
}

/** Values of the settings that may be secrets; they are masked in the server's output. */
function findSecrets({ transport }: McpServerConfig): readonly string[] {
  if (transport.kind === 'invalid' || transport.kind === 'client') return [];
  return transport.kind === 'stdio' ? Object.values(transport.env) : Object.values(transport.headers);
}
