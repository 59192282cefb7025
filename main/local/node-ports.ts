import { homedir } from 'node:os';
import { join } from 'node:path';
import type { EnginePorts, Environment } from '../engine/ports.ts';
import { withHomeRedirects } from './home-redirects.ts';
import { PTY_HOST_ENTRY } from './install-paths.ts';
import { openLedger } from './ledger.ts';
import { createSurvivorsPort } from './ledger-survivors.ts';
import { createLogger } from './logger.ts';
import { createNodeClock } from './node-clock.ts';
import { createNodeFs } from './node-fs.ts';
import { enginePathsOf } from './paths.ts';
import { createPtyClient, forkPtyHost } from './pty-client.ts';
import { createSecretStore } from './secret-store.ts';
import { createProcessGuard } from './watchdog.ts';

export interface NodePortsOptions {
  /** The user's environment, from the process or with flags applied. */
  readonly environment: Environment;
  readonly hostKind: 'server' | 'cli';
  readonly version: string;
  /** Origins of `--trust-endpoint`. */
  readonly trustedEndpoints: readonly string[];
  /** Writes debug lines to the log, and the whole log to standard error. */
  readonly debug?: boolean;
  /** Absent: the user's home folder. */
  readonly home?: string;
}

/**
 * The engine ports of a host that is a Node process: the server and the command line.
 * Nothing is opened or written before it is needed; the first command forks the pty host.
 */
export function createNodePorts(options: NodePortsOptions): EnginePorts {
  const { environment, hostKind, version, trustedEndpoints } = options;
  const clock = createNodeClock();
  const home = options.home ?? homedir();
  const paths = enginePathsOf(withHomeRedirects(environment, home), home, process.platform);
  const logger = createLogger({ gantryHome: paths.gantryHome, name: hostKind, nowMs: () => clock.now(), debug: options.debug ?? false });
  const openGuard = () => createProcessGuard({ ledger: openLedger(join(paths.gantryHome, 'ledger'), logger), logger });
  return {
    paths,
    environment: async () => environment,
    secrets: createSecretStore({ gantryHome: paths.gantryHome, logger }),
    openPtyHost: () => createPtyClient(forkPtyHost(PTY_HOST_ENTRY, { env: environment }), logger, openGuard()),
    openProcessGroups: openGuard,
    survivors: createSurvivorsPort(join(paths.gantryHome, 'ledger')),
    fs: createNodeFs(),
    logger,
    clock,
    host: { kind: hostKind, version },
    trustedEndpoints,
  };
}
