import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { isLoopbackHost } from '../../preload/contract/index.ts';
import { type Clock, type Engine, EngineError, type Logger } from '../engine/index.ts';
import { type AppPort, createRpcHost } from '../rpc/index.ts';
import { bearerToken, describeTokenProblem, makeToken, tokenMatches } from './access-token.ts';
import { createAcpRoutes } from './acp-routes.ts';
import { createHttpApp } from './http.ts';
import { addDaemonRoutes, createSessionHub, toHttpError } from './daemon/index.ts';
import { createWebSocketEndpoint } from './websocket-server.ts';

export const DEFAULT_PORT = 4170;
export const DEFAULT_HOSTNAME = '127.0.0.1';

/** After this time, open connections are cut off. Unit: ms. */
const CLOSE_LIMIT_MS = 1000;

export interface ServerOptions {
  /** Belongs to the caller: it is not closed with the server. */
  readonly engine: Engine;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly version: string;
  /** The built page (`dist/renderer`). */
  readonly rendererRoot: string;
  /** The folder for HTTP clients that name none. */
  readonly workspace: string;
  /** Absent: 4170. 0: any free port. */
  readonly port?: number;
  /** Absent: 127.0.0.1. Any address that is not this machine's own needs an explicit token. */
  readonly hostname?: string;
  /** Absent: a token is generated. */
  readonly token?: string;
  /**
   * Asks the user outside the page, where `AppPort.confirm` says what that means. 'in_page': what the page says is enough.
   */
  readonly confirm: NonNullable<AppPort['confirm']> | 'in_page';
  /** The parent process of the server ends it with the window. */
  readonly endsWithWindow?: boolean;
  /** Check results and events against the contract: development and tests. */
  readonly validate?: boolean;
}

export interface RunningServer {
  /** Without the token in it. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Stops listening, notifies every client and resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Why the server did not start; `message` says what to do. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly reason: 'port_in_use' | 'token_needed' | 'bad_token' | 'cannot_listen';

  constructor(reason: ServerStartError['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/**
 * The same UI and the same engine for many clients over HTTP and WebSocket.
 * Errors: `ServerStartError`; after that nothing throws, faults are logged.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, logger, clock } = options;
  const hostname = options.hostname ?? DEFAULT_HOSTNAME;
  const token = chooseToken(hostname, options.token);
  engine.hideKey(token);
  let port = options.port ?? DEFAULT_PORT;
  const bound = () => ({ hostname, port });
  const onFault = (error: unknown) => logger.warn('server connection failed', { error });
  const after = (ms: number, run: () => void) => clock.after(ms, run);

  const appPort = createAppPort(options);
  const rpc = createRpcHost({ engine, app: appPort, logger, after, validate: options.validate ?? false });
  const hub = createSessionHub(engine, clock);
  const stopping = new AbortController();
  const acp = createAcpRoutes({
    onFault,
    host: {
      ...{ engine, clock, logger, version: options.version, workspace: options.workspace, sessionOptions: {} },
      openFolder: (path) => engine.projects.open(path, { remember: true }),
      ...{ confirm: rpc.confirm, watch: rpc.watch },
    },
  });
  const addRoutes = (target: Hono) => {
    acp.addRoutes(target);
    addDaemonRoutes(target, {
      ...{ engine, hub, clock, version: options.version, workspace: options.workspace },
      ...{ signal: stopping.signal, confirm: rpc.confirm },
    });
  };
  const app = createHttpApp({ bound, token, rendererRoot: options.rendererRoot, onFault, toHttpError, addRoutes });
  const sockets = createWebSocketEndpoint({
    bound,
    after,
    onFault,
    acp: { upgrade: acp.upgrade, isAuthorized: ({ headers }) => tokenMatches(token, bearerToken(headers.authorization)) },
    connect: (transport) => rpc.connect(transport, { accept: (given) => tokenMatches(token, given) }),
  });
  // Without HTTP/2 options the adaptor creates a plain node:http server.
  const server = createAdaptorServer({ fetch: app.fetch, hostname }) as Server;
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  try {
    port = await listen(server, hostname, port);
  } catch (error) {
    rpc.close();
    hub.close();
    throw toStartError(error, hostname, port);
  }
  server.on('error', onFault);

  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`,
    port,
    token,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sockets.close({ force: false });
      const acpClosed = acp.close();
      rpc.close();
      hub.close();
      stopping.abort();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        sockets.close({ force: true });
        server.closeAllConnections();
      }, CLOSE_LIMIT_MS);
      await Promise.all([closed, acpClosed]);
      clearTimeout(timer);
    },
  };
}

function chooseToken(hostname: string, given: string | undefined): string {
  if (given === undefined) {
    if (isLoopbackHost(hostname)) return makeToken();
    throw new ServerStartError(
      'token_needed',
      `${hostname} can be reached from other machines, so a token of your own is needed: set QWEN_SERVER_TOKEN or --token.`,
    );
  }
  const problem = describeTokenProblem(given);
  if (problem !== undefined) throw new ServerStartError('bad_token', problem);
  return given;
}

function listen(server: Server, hostname: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port); // a TCP server's address is never a path
    });
  });
}

function toStartError(error: unknown, hostname: string, port: number): ServerStartError {
  const { code } = error as NodeJS.ErrnoException; // net errors carry a code
  if (code === 'EADDRINUSE') {
    return new ServerStartError('port_in_use', `Port ${port} is in use. Choose another with --port, or --port 0 for any free one.`, error);
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new ServerStartError('cannot_listen', `Cannot listen on ${hostname}:${port}: ${detail}`, error);
}

/** The server cannot show native dialogs in the browser; the page does these things itself. */
function createAppPort({ version, confirm, endsWithWindow = false }: ServerOptions): AppPort {
  const refuse = async (): Promise<never> => {
    throw new EngineError('not_supported', 'A browser window cannot do this. Type the path, or open the link yourself.');
  };
  return {
    describe: () => ({
      version,
      host: 'server',
      platform: process.platform,
      homePath: homedir(),
      canPickFolder: false,
      endsWithWindow,
      confirmsInTerminal: confirm !== 'in_page',
    }),
    ...(confirm === 'in_page' ? {} : { confirm }),
    pickFolder: refuse,
    openMenu: refuse,
    dimTitleBar: refuse,
    revealFile: refuse,
    openExternal: refuse,
  };
}
